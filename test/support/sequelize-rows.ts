import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { servers } from './databases.js'
import type { MatrixRow, OpenModel, OpenOptions } from './matrix.js'

type Connection = (options: OpenOptions) => SequelizeOptions

const sqlite: Connection = ({ file = ':memory:' }) => ({ dialect: 'sqlite', storage: file })

const postgres: Connection = ({ timezone }) => ({
  dialect: 'postgres',
  ...servers.postgres,
  ...(timezone && { timezone }),
})

const mariadb: Connection = ({ timezone }) => ({
  dialect: 'mariadb',
  ...servers.mariadb,
  ...(timezone && { timezone }),
})

const mysql: Connection = (options) => ({ ...mariadb(options), dialect: 'mysql' })

export const sequelizeRows: readonly MatrixRow[] = [
  { name: 'Sequelize, sqlite3', open: opener(sqlite) },
  { name: 'Sequelize, PostgreSQL', server: 'postgres', open: opener(postgres) },
  { name: 'Sequelize, MariaDB through mariadb', server: 'mariadb', open: opener(mariadb) },
  { name: 'Sequelize, MariaDB through mysql2', server: 'mariadb', open: opener(mysql) },
]

function opener(connection: Connection): MatrixRow['open'] {
  return async (options): Promise<OpenModel> => {
    const { table, create = true, now } = options
    @SessionModel({ tableName: table, ...(now && { now }) })
    class TestSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
      @Column(DataType.STRING(200)) declare label: string | null
    }
    const sequelize = new Sequelize({ ...connection(options), logging: false })
    const model = registerSessionModel(sequelize, TestSession)
    if (create) await model.sync({ force: true })
    return {
      model,
      count: (state) => model.count({ where: model[state] }),
      remove: (state) => model.destroy({ where: model[state] }),
      row: (id) => model.findByPk(id),
      close: () => sequelize.close(),
    }
  }
}
