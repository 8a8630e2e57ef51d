import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, type DataSourceOptions, Index } from 'typeorm'
import { waitInTypeOrm } from '../../cluster/sync-wait.js'
import { typeormDatabases } from '../../support/typeorm-rows.js'
import { chosen, type Setting } from './setting.js'

/** What a config with TypeORM exports. */
export async function configOf(setting: Setting) {
  const { table, file, policy, pool, isolation } = setting
  @SessionModel({ tableName: table })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @Column({ type: 'varchar', length: 200, nullable: true }) @Index(`${table}_label`) label!: string | null
  }
  const { server, connection } = chosen(typeormDatabases, setting)
  const isolated = server === 'postgres' && isolation !== undefined
  const dataSource = new DataSource({
    ...connection({ table, file }),
    synchronize: true,
    logging: true,
    ...(pool !== undefined && { poolSize: pool }),
    ...(isolated && { extra: { options: `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}` } }),
  } as DataSourceOptions)
  const Sessions = registerSessionModel(dataSource, WebSession)
  if (server === 'mariadb' && isolation !== undefined) {
    await dataSource.setOptions({ synchronize: false, logging: false }).initialize()
    waitInTypeOrm(dataSource, `SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`)
  }
  return { dataSource, Sessions, manager: new SessionManager({ model: Sessions, ...policy }) }
}
