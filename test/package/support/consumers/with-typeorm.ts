import { SessionManager, SessionModel, SessionModelMixin } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource } from 'typeorm'

@SessionModel({ tableName: 'web_sessions' })
export class WebSession extends SessionModelMixin() {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}

const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true })
export const Sessions = registerSessionModel(dataSource, WebSession)
export const Visits = createSessionModel(dataSource, 'visits')
await dataSource.initialize()

export const manager = new SessionManager({ model: Sessions })
await manager.set('some-id', { userId: 42 })
const row = await dataSource.getRepository(Sessions).findOneByOrFail({ userId: 42 })
if (row.expired) throw new Error('The session has expired at once.')
manager.close()
await dataSource.destroy()
