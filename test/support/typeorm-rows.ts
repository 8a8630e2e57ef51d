import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, type DataSourceOptions, type Logger } from 'typeorm'
import { postgresReplica, type Server, servers } from './databases.js'
import type { MatrixRow, OpenModel, OpenOptions } from './matrix.js'

/** Which TypeORM these tests run on: `0.3` when `test/support/typeorm-0.3.js` was preloaded. */
export const typeormVersion = process.env.TEST_TYPEORM ?? '1'

type Connection = (options: OpenOptions) => DataSourceOptions

const sqlite: Connection = ({ file = ':memory:' }) =>
  ({ type: typeormVersion === '1' ? 'better-sqlite3' : 'sqlite', database: file }) as DataSourceOptions

const postgres: Connection = ({ timezone }) => {
  const replica = postgresReplica()
  return {
    type: 'postgres',
    ...(replica ? { replication: { master: servers.postgres, slaves: [replica] } } : servers.postgres),
    ...(timezone && { extra: { options: `-c TimeZone=${timezone}` } }),
  }
}

const mariadb: Connection = ({ timezone }) => ({
  type: 'mariadb',
  ...servers.mariadb,
  charset: 'utf8mb4',
  ...(timezone && { timezone }),
})

/** A database that TypeORM runs on, and how a data source reaches it. */
export interface TypeOrmDatabase {
  readonly name: string
  readonly server?: Server
  readonly connection: Connection
}

export const typeormDatabases: readonly [TypeOrmDatabase, ...TypeOrmDatabase[]] = [
  { name: `TypeORM ${typeormVersion}, ${typeormVersion === '1' ? 'better-sqlite3' : 'sqlite3'}`, connection: sqlite },
  { name: `TypeORM ${typeormVersion}, PostgreSQL`, server: 'postgres', connection: postgres },
  { name: `TypeORM ${typeormVersion}, MariaDB through mysql2`, server: 'mariadb', connection: mariadb },
]

export const typeormRows: readonly MatrixRow[] = typeormDatabases.map(rowOf)

/** The row of the matrix that opens models on this database. */
export function rowOf({ connection, ...database }: TypeOrmDatabase): MatrixRow {
  return { ...database, open: opener(connection) }
}

function opener(connection: Connection): MatrixRow['open'] {
  return async (options): Promise<OpenModel> => {
    const { table, create = true, lastSeen, now, onStatement } = options
    @SessionModel({ tableName: table, ...(lastSeen && { columns: { lastSeenAt: true } }), ...(now && { now }) })
    class TestSession {
      @Column({ type: 'integer', nullable: true }) userId!: number | null
      @Column({ type: 'varchar', length: 200, nullable: true }) label!: string | null
    }
    const dataSource = new DataSource({
      ...connection(options),
      ...(onStatement && { logging: true, logger: loggerOf(onStatement) }),
    })
    const model = registerSessionModel(dataSource, TestSession)
    await dataSource.initialize()
    if (create) {
      await dataSource.createQueryRunner().dropTable(table, true)
      await dataSource.synchronize()
    }
    const repository = dataSource.getRepository(model)
    const quoted = dataSource.driver.escape(table)
    return {
      model,
      count: (state) => repository.countBy(model[state]),
      remove: async (state) => (await repository.delete(model[state])).affected ?? 0,
      row: (id) => repository.findOneBy({ id }),
      dump: () => dataSource.query(`SELECT * FROM ${quoted}`),
      execute: (sql) => dataSource.query(sql.replace('?', quoted)),
      close: () => dataSource.destroy(),
    }
  }
}

function loggerOf(logQuery: (sql: string) => void): Logger {
  const nothing = (): void => {}
  return {
    logQuery,
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  }
}
