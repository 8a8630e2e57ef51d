import type { Sequelize } from 'sequelize-typescript'
import type { DataSource } from 'typeorm'

const statement = 'SET SESSION wsrep_sync_wait = 3'

/** A connection of mysql2, as its pool tells of it. */
interface PooledConnection {
  query(sql: string, done: (error: unknown) => void): unknown
  destroy(): void
}

interface MysqlDriver {
  readonly pool: { on(event: 'acquire', listener: (connection: PooledConnection) => void): void }
}

/**
 * Lets each connection of an initialized data source begin with a statement. Default: it waits for the writes of other nodes
 * before it reads, updates or deletes.
 */
export function waitInTypeOrm(dataSource: DataSource, first = statement): void {
  const { pool } = dataSource.driver as unknown as MysqlDriver
  const waiting = new WeakSet<PooledConnection>()
  // Not the event `connection`: initialize() has opened a connection already.
  pool.on('acquire', (connection) => {
    if (waiting.has(connection)) return
    waiting.add(connection)
    // mysql2 sends it before the statement that the connection was acquired for.
    connection.query(first, (error) => error && connection.destroy())
  })
}

/** Lets each connection of the instance begin with a statement. Default: the one of {@link waitInTypeOrm}. */
export function waitInSequelize(sequelize: Sequelize, first = statement): void {
  sequelize.addHook('afterConnect', async (connection: unknown) => {
    const driver = sequelize.getDialect()
    if (driver === 'mariadb') await (connection as { query(sql: string): Promise<unknown> }).query(first)
    else await new Promise<void>((resolve, reject) => send(connection as CallbackConnection, first, resolve, reject))
  })
}

interface CallbackConnection {
  query(sql: string, done: (error: unknown) => void): unknown
}

function send(
  connection: CallbackConnection,
  first: string,
  resolve: () => void,
  reject: (error: unknown) => void,
): void {
  connection.query(first, (error) => (error ? reject(error) : resolve()))
}
