import { SessionManager, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Index, Model, Sequelize } from 'sequelize-typescript'
import { waitInSequelize } from '../../cluster/sync-wait.js'
import { sequelizeDatabases } from '../../support/sequelize-rows.js'
import { chosen, type Setting } from './setting.js'

/** What a config with Sequelize exports. */
export async function configOf(setting: Setting) {
  const { table, file, policy, pool, isolation } = setting
  @SessionModel({ tableName: table })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
    @Index(`${table}_label`) @Column(DataType.STRING(200)) declare label: string | null
  }
  const { server, connection } = chosen(sequelizeDatabases, setting)
  const isolated = server === 'postgres' && isolation !== undefined
  const sequelize = new Sequelize({
    ...connection({ file }),
    ...(pool !== undefined && { pool: { max: pool } }),
    ...(isolated && {
      dialectOptions: { options: `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}` },
    }),
  })
  if (server === 'mariadb' && isolation !== undefined)
    waitInSequelize(sequelize, `SET SESSION TRANSACTION ISOLATION LEVEL ${isolation}`)
  const Sessions = registerSessionModel(sequelize, WebSession)
  return { sequelize, Sessions, manager: new SessionManager({ model: Sessions, ...policy }) }
}
