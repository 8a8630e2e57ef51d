import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { QueryTypes } from 'sequelize'
import { Column, DataType, Model, Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { servers } from '../../../support/databases.js'
import { sequelizeDatabases } from '../../../support/sequelize-rows.js'
import type { FailingDatabase, OpenFailing } from './databases.js'

/** What is used of a pool, which Sequelize has no types for. */
interface Manager {
  getConnection(options: object): Promise<unknown>
  releaseConnection(connection: unknown): void
}

/** Sequelize on each server, through each driver. */
export const sequelizeFailing: readonly FailingDatabase[] = sequelizeDatabases.flatMap(
  ({ name, server, connection }) =>
    server ? [{ name, server, open: (options) => openFailing(connection({}), server, options) }] : [],
)

/** An instance with one connection, and a model. */
export async function openFailing(given: SequelizeOptions, server: keyof typeof servers, options: OpenFailing) {
  const { table, port = servers[server].port, acquire = 60_000, exists = false } = options
  @SessionModel({ tableName: table })
  class FailingSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  const pool = { max: 1, min: 0, idle: 60_000, acquire }
  const sequelize = new Sequelize({ ...given, port, pool, logging: false })
  const model = registerSessionModel(sequelize, FailingSession)
  if (!exists) await model.sync({ force: true })
  const { connectionManager } = sequelize as unknown as { connectionManager: Manager }
  return {
    model,
    backend: model[sessionBackend](),
    query: (sql: string) =>
      sequelize.query(sql, { type: sql.startsWith('SELECT') ? QueryTypes.SELECT : QueryTypes.RAW }),
    hold: async () => {
      const connection = await connectionManager.getConnection({ type: 'SELECT', useMaster: true })
      return async () => connectionManager.releaseConnection(connection)
    },
    close: () => sequelize.close(),
  }
}
