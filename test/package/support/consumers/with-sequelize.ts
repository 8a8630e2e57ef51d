import { SessionManager, SessionModel } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Sequelize } from 'sequelize-typescript'

@SessionModel({ tableName: 'web_sessions' })
export class WebSession extends Model {
  @Column(DataType.INTEGER) declare userId: number | null
}

const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
export const Sessions = registerSessionModel(sequelize, WebSession)
export const Visits = createSessionModel(sequelize, 'visits')
await sequelize.sync()

export const manager = new SessionManager({ model: Sessions })
await manager.set('some-id', { userId: 42 })
const row = await Sessions.findOne({ where: { userId: 42 }, rejectOnEmpty: true })
if (row.expired) throw new Error('The session has expired at once.')
manager.close()
await sequelize.close()
