import { createRequire } from 'node:module'
import { afterEach } from 'mocha'
import { servers } from './databases.js'

/** A store of express-session, as its users have it today. Its connections are closed after the test. */
export interface OldStore {
  /** The store itself, for express-session. */
  readonly store: object
  set(id: string, session: object): Promise<void>
  get(id: string): Promise<Record<string, unknown> | null>
}

/** The callbacks of express-session's stores. */
interface CallbackStore {
  set(id: string, session: object, done: (error?: unknown) => void): void
  get(id: string, done: (error: unknown, session?: Record<string, unknown> | null) => void): void
  close?(done?: () => void): unknown
}

// The packages have no types of their own, or types that need Express.
const require = createRequire(import.meta.url)
const expressSession = require('express-session') as object

/** The store of connect-pg-simple on the test database, with a new table of the type that its documentation has. */
export async function connectPgSimple(table: string, type: 'json' | 'jsonb' = 'json'): Promise<OldStore> {
  const { Pool } = require('pg') as {
    Pool: new (options: object) => { query(sql: string): Promise<unknown>; end(): Promise<void> }
  }
  const { username, ...server } = servers.postgres
  const pool = new Pool({ ...server, user: username })
  await pool.query(`DROP TABLE IF EXISTS "${table}"`)
  const PgStore = require('connect-pg-simple')(expressSession) as new (options: object) => CallbackStore
  const store = new PgStore({ pool, tableName: table, createTableIfMissing: true, pruneSessionInterval: false })
  await get(store, 'nobody')
  // Its names of the key and the index are the same for every table.
  await pool.query(`ALTER INDEX session_pkey RENAME TO ${table}_pkey`)
  await pool.query(`ALTER INDEX "IDX_session_expire" RENAME TO ${table}_expire`)
  if (type !== 'json') await pool.query(`ALTER TABLE "${table}" ALTER COLUMN sess TYPE ${type}`)
  return oldStore(store, () => pool.end())
}

/** The store of connect-session-knex on PostgreSQL, with a new table. */
export async function connectSessionKnex(table: string): Promise<OldStore> {
  const knexOf = require('knex') as (options: object) => {
    schema: { dropTableIfExists(name: string): Promise<unknown> }
    destroy(): Promise<void>
  }
  const { username, ...server } = servers.postgres
  const knex = knexOf({ client: 'pg', connection: { ...server, user: username } })
  await knex.schema.dropTableIfExists(table)
  const { ConnectSessionKnexStore } = require('connect-session-knex') as {
    ConnectSessionKnexStore: new (options: object) => CallbackStore
  }
  const store = new ConnectSessionKnexStore({ knex, tableName: table, createTable: true, cleanupInterval: 0 })
  await get(store, 'nobody')
  return oldStore(store, () => knex.destroy())
}

/** The store of connect-typeorm on the repository of an entity as its documentation has it. */
export function connectTypeorm(repository: object): OldStore {
  const { TypeormStore } = require('connect-typeorm') as {
    TypeormStore: new (options: object) => CallbackStore & { connect(repository: object): CallbackStore }
  }
  return oldStore(new TypeormStore({ cleanupLimit: 0 }).connect(repository), async () => {})
}

/** The store of connect-session-sequelize, with a new table. */
export async function connectSessionSequelize(db: { close(): Promise<void> }, table: string): Promise<OldStore> {
  const { Store } = require('express-session') as { Store: object }
  const SequelizeStore = require('connect-session-sequelize')(Store) as new (
    options: object,
  ) => CallbackStore & { sync(options: object): Promise<void> }
  const store = new SequelizeStore({ db, tableName: table, checkExpirationInterval: 0 })
  await store.sync({ force: true })
  return oldStore(store, async () => {})
}

/** The store of express-mysql-session on the test database, with a new table. */
export async function expressMysqlSession(table: string): Promise<OldStore> {
  const { createPool } = require('mysql2/promise') as typeof import('mysql2/promise')
  const { username, ...server } = servers.mariadb
  const pool = createPool({ ...server, user: username })
  await pool.query(`DROP TABLE IF EXISTS \`${table}\``)
  const MysqlStore = require('express-mysql-session')(expressSession) as new (
    options: object,
    pool: object,
  ) => CallbackStore & { onReady(): Promise<void> }
  const options = { clearExpired: false, createDatabaseTable: true, schema: { tableName: table } }
  const store = new MysqlStore(options, pool)
  await store.onReady()
  return oldStore(store, () => pool.end())
}

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

function oldStore(store: CallbackStore, close: () => Promise<void>): OldStore {
  opened.push(close)
  return { store, set: (id, session) => set(store, id, session), get: (id) => get(store, id) }
}

function set(store: CallbackStore, id: string, session: object): Promise<void> {
  return new Promise((resolve, reject) => store.set(id, session, (error) => (error ? reject(error) : resolve())))
}

function get(store: CallbackStore, id: string): Promise<Record<string, unknown> | null> {
  return new Promise((resolve, reject) =>
    store.get(id, (error, session) => (error ? reject(error) : resolve(session ?? null))),
  )
}
