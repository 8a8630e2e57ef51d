import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { sequelizeDatabases } from '../../../support/sequelize-rows.js'
import { type Opened, type Place, type ReasonDatabase, table } from './databases.js'

/** Sequelize on each database, through each driver. */
export const sequelizeReasons: readonly ReasonDatabase[] = sequelizeDatabases.map(({ name, server, connection }) => ({
  name,
  ...(server && { server }),
  orm: 'sequelize',
  open: (place) => open(connection({}), place),
}))

/** What is used of a pool, which Sequelize has no types for. */
interface Manager {
  getConnection(options: object): Promise<unknown>
  releaseConnection(connection: unknown): void
}

/** Of sqlite3: OPEN_READONLY. */
const readOnly = 1

async function open(given: SequelizeOptions, place: Place): Promise<Opened> {
  const { file, isReadOnly, acquire = 60_000, ssl, ...at } = place
  const isServer = given.dialect !== 'sqlite'
  const dialectOptions = { ...(ssl && { ssl: true }), ...(isReadOnly && { mode: readOnly }) }
  const ssls = ssl && given.dialect === 'mysql' ? { dialectOptions: { ssl: {} } } : { dialectOptions }
  const pool = { max: 1, min: 0, idle: 60_000, acquire }
  const options = isServer ? { ...at, pool, ...ssls } : { storage: file as string, dialectOptions }
  const sequelize = new Sequelize({ ...given, ...options, logging: false })
  @SessionModel({ tableName: table })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
    @Column(DataType.STRING(10)) declare label: string | null
    @Column(DataType.STRING(200)) declare email: string | null
  }
  const model = registerSessionModel(sequelize, WebSession)
  const { connectionManager } = sequelize as unknown as { connectionManager: Manager }
  let isOpen = true
  return {
    model,
    create: async () => void (await model.sync({ force: true })),
    query: (sql) => sequelize.query(sql),
    hold: async () => {
      const connection = await connectionManager.getConnection({ type: 'SELECT', useMaster: true })
      return async () => connectionManager.releaseConnection(connection)
    },
    close: async () => {
      if (isOpen) await sequelize.close()
      isOpen = false
    },
  }
}
