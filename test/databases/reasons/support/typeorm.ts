import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, type DataSourceOptions } from 'typeorm'
import { typeormDatabases, typeormVersion } from '../../../support/typeorm-rows.js'
import { type Opened, type Place, type ReasonDatabase, table } from './databases.js'

/** TypeORM on each database. */
export const typeormReasons: readonly ReasonDatabase[] = typeormDatabases.map(({ name, server, connection }) => ({
  name,
  ...(server && { server }),
  orm: 'typeorm',
  open: (place, isLate) => open(connection({ table }), place, isLate),
}))

async function open(given: DataSourceOptions, place: Place, isLate = false): Promise<Opened> {
  const { file, isReadOnly, acquire, ssl, ...at } = place
  const isServer = given.type === 'postgres' || given.type === 'mariadb'
  const ofServer = { ...at, poolSize: 1, ...(acquire && { connectTimeoutMS: acquire }), ...(ssl && { ssl }) }
  const readOnly = typeormVersion === '1' ? { readonly: true } : { flags: 1 }
  const ofFile = { database: file, timeout: 10, ...(isReadOnly && readOnly) }
  const dataSource = new DataSource({ ...given, ...(isServer ? ofServer : ofFile) } as DataSourceOptions)
  @SessionModel({ tableName: table })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @Column({ type: 'varchar', length: 10, nullable: true }) label!: string | null
    @Column({ type: 'varchar', length: 200, nullable: true }) email!: string | null
  }
  const model = registerSessionModel(dataSource, WebSession)
  if (!isLate) await dataSource.initialize()
  let isOpen = !isLate
  return {
    model,
    create: () => dataSource.synchronize(true),
    query: (sql) => dataSource.query(sql),
    hold: async () => {
      const runner = dataSource.createQueryRunner('master')
      await runner.connect()
      return () => runner.release()
    },
    close: async () => {
      if (isOpen) await dataSource.destroy()
      isOpen = false
    },
  }
}
