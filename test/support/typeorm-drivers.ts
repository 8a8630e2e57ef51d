import type { DataSourceOptions } from 'typeorm'
import { PGliteDriver } from 'typeorm-pglite'
import { servers } from './databases.js'
import type { MatrixRow } from './matrix.js'
import { rowOf, type TypeOrmDatabase, typeormVersion } from './typeorm-rows.js'

/** The package `libsql`, which has binaries for some platforms only. */
const libsql: unknown = await import('libsql').then(
  ({ default: driver }) => driver,
  () => undefined,
)

const name = (driver: string): string => `TypeORM ${typeormVersion}, ${driver}`

/** PGlite, which is PostgreSQL inside of the process, with one connection. All data sources of a process share it. */
export const pglite: TypeOrmDatabase = {
  name: name('PGlite'),
  connection: () => ({ type: 'postgres', driver: new PGliteDriver({}).driver }),
}

/** libSQL, through the interface of better-sqlite3. */
export const libSql: TypeOrmDatabase = {
  name: name('libSQL'),
  connection: ({ file = ':memory:' }) => ({ type: 'better-sqlite3', database: file, driver: libsql }),
}

/** SQLite with a write-ahead log, which several processes open. */
export const wal: TypeOrmDatabase = {
  name: name('better-sqlite3 with WAL'),
  connection: ({ file = ':memory:' }) => ({ type: 'better-sqlite3', database: file, enableWAL: true }),
}

export const sqlJs: TypeOrmDatabase = {
  name: name('sql.js'),
  connection: () => ({ type: 'sqljs' }),
}

export const mysql: TypeOrmDatabase = {
  name: name('MariaDB as mysql'),
  server: 'mariadb',
  connection: () => ({ type: 'mysql', ...servers.mariadb, charset: 'utf8mb4' }) as DataSourceOptions,
}

/** Each driver beside those of the matrix. */
export const driverDatabases: readonly TypeOrmDatabase[] = [libSql, pglite, sqlJs, wal, mysql]

/** The drivers whose package is installed. The others are tests that are left out. */
export function installed(databases: readonly TypeOrmDatabase[]): MatrixRow[] {
  const isMissing = (database: TypeOrmDatabase): boolean => database === libSql && libsql === undefined
  for (const database of databases.filter(isMissing)) it(`no driver is installed: ${database.name}`)
  return databases.filter((database) => !isMissing(database)).map(rowOf)
}

/** The row of this name. */
export function driverRow(meant: string): MatrixRow | undefined {
  return driverDatabases.map(rowOf).find(({ name }) => name === meant)
}
