import libsql from 'libsql'
import type { DataSourceOptions } from 'typeorm'
import { PGliteDriver } from 'typeorm-pglite'
import { servers } from './databases.js'
import type { MatrixRow } from './matrix.js'
import { rowOf, type TypeOrmDatabase, typeormVersion } from './typeorm-rows.js'

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

export const driverRows: readonly MatrixRow[] = driverDatabases.map(rowOf)

/** Those that keep a file, which several processes can open. */
export const fileDriverRows: readonly MatrixRow[] = [libSql, wal].map(rowOf)
