import { SessionModel, type SessionRow } from 'koa-session-model'
import { registerSessionModel, SequelizeSessionBackend } from 'koa-session-model/sequelize'
import { Column, DataType, Default, Model, Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { partitioning, partitioningOfMariadb } from '../../support/partitions.js'
import { sequelizeDatabases } from '../../support/sequelize-rows.js'
import { type Database, mostRows, type Opened, type Place } from './database.js'

/** Sequelize on each database. */
export const sequelize: readonly Database[] = sequelizeDatabases.map(({ connection, ...database }) => ({
  ...database,
  open: (place) => open(place, connection(place)),
}))

async function open(
  { table, create, partitions, statementComment }: Place,
  options: SequelizeOptions,
): Promise<Opened> {
  @SessionModel({ tableName: table, ...(statementComment && { statementComment }) })
  class StressSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
    @Column(DataType.STRING(200)) declare label: string | null
    @Default(0) @Column({ type: DataType.INTEGER, allowNull: false }) declare points: number
  }
  const sequelize = new Sequelize({ ...options, logging: false })
  const model = registerSessionModel(sequelize, StressSession)
  if (sequelize.getDialect() === 'sqlite') await share(sequelize)
  if (create) await model.sync({ force: true })
  const divide = sequelize.getDialect() === 'postgres' ? partitioning : partitioningOfMariadb
  for (const sql of create && partitions ? divide(table, partitions) : []) await sequelize.query(sql)
  const rows = (): Promise<readonly SessionRow[]> => new SequelizeSessionBackend(model).list({}, new Date(), mostRows)
  return { model, rows, close: () => sequelize.close() }
}

/** Processes that share an SQLite file need a log of writes, and patience. */
async function share(sequelize: Sequelize): Promise<void> {
  await sequelize.query('PRAGMA journal_mode = WAL')
  await sequelize.query('PRAGMA busy_timeout = 10000')
}
