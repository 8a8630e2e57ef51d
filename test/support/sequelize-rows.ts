import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { QueryTypes } from 'sequelize'
import { Column, DataType, Model, Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { postgresReplica, type Server, servers } from './databases.js'
import type { MatrixRow, OpenModel, OpenOptions } from './matrix.js'

type Connection = (options: Pick<OpenOptions, 'file' | 'timezone'>) => SequelizeOptions

const sqlite: Connection = ({ file = ':memory:' }) => ({ dialect: 'sqlite', storage: file })

const postgres: Connection = ({ timezone }) => {
  const replica = postgresReplica()
  return {
    dialect: 'postgres',
    ...(replica ? { replication: { write: servers.postgres, read: [replica] } } : servers.postgres),
    ...(timezone && { timezone }),
  }
}

const mariadb: Connection = ({ timezone }) => ({
  dialect: 'mariadb',
  ...servers.mariadb,
  ...(timezone && { timezone }),
})

const mysql: Connection = (options) => ({ ...mariadb(options), dialect: 'mysql' })

/** A database that Sequelize runs on, and how an instance reaches it. */
export interface SequelizeDatabase {
  readonly name: string
  readonly server?: Server
  readonly connection: Connection
}

export const sequelizeDatabases: readonly [SequelizeDatabase, ...SequelizeDatabase[]] = [
  { name: 'Sequelize, sqlite3', connection: sqlite },
  { name: 'Sequelize, PostgreSQL', server: 'postgres', connection: postgres },
  { name: 'Sequelize, MariaDB through mariadb', server: 'mariadb', connection: mariadb },
  { name: 'Sequelize, MariaDB through mysql2', server: 'mariadb', connection: mysql },
]

export const sequelizeRows: readonly MatrixRow[] = sequelizeDatabases.map(({ connection, ...database }) => ({
  ...database,
  open: opener(connection),
}))

function opener(connection: Connection): MatrixRow['open'] {
  return async (options): Promise<OpenModel> => {
    const { table, create = true, lastSeen, now, onStatement } = options
    @SessionModel({ tableName: table, ...(lastSeen && { columns: { lastSeenAt: true } }), ...(now && { now }) })
    class TestSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
      @Column(DataType.STRING(200)) declare label: string | null
    }
    const sequelize = new Sequelize({ ...connection(options), logging: onStatement ?? false })
    const model = registerSessionModel(sequelize, TestSession)
    if (create) await model.sync({ force: true })
    const quoted = sequelize.getQueryInterface().quoteIdentifier(table)
    return {
      model,
      count: (state) => model.count({ where: model[state] }),
      remove: (state) => model.destroy({ where: model[state] }),
      row: (id) => model.findByPk(id),
      dump: () => sequelize.query(`SELECT * FROM ${quoted}`, { type: QueryTypes.SELECT }),
      execute: async (sql) => void (await sequelize.query(sql.replace('?', quoted))),
      close: () => sequelize.close(),
    }
  }
}
