import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Index, Model, Sequelize } from 'sequelize-typescript'
import { sequelizeDatabases } from '../../support/sequelize-rows.js'
import { chosen, setting } from './setting.js'

const { table, file, policy } = setting

@SessionModel({ tableName: table })
class WebSession extends Model {
  @Column(DataType.INTEGER) declare userId: number | null
  @Index(`${setting.table}_label`) @Column(DataType.STRING(200)) declare label: string | null
}

export const sequelize = new Sequelize(chosen(sequelizeDatabases).connection({ file }))
export const Sessions = registerSessionModel(sequelize, WebSession)
export const manager = new SessionManager({ model: Sessions, ...policy })
