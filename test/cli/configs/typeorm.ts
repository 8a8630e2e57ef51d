import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, Index } from 'typeorm'
import { typeormDatabases } from '../../support/typeorm-rows.js'
import { chosen, setting } from './setting.js'

const { table, file, policy } = setting

@SessionModel({ tableName: table })
class WebSession {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
  @Column({ type: 'varchar', length: 200, nullable: true }) @Index(`${setting.table}_label`) label!: string | null
}

export const dataSource = new DataSource({
  ...chosen(typeormDatabases).connection({ table, file }),
  synchronize: true,
  logging: true,
})
export const Sessions = registerSessionModel(dataSource, WebSession)
export const manager = new SessionManager({ model: Sessions, ...policy })
