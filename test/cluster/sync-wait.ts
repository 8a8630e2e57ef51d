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

/** Lets each connection of an initialized data source wait for the writes of other nodes before it reads, updates or deletes. */
export function waitInTypeOrm(dataSource: DataSource): void {
  const { pool } = dataSource.driver as unknown as MysqlDriver
  const waiting = new WeakSet<PooledConnection>()
  // Not the event `connection`: initialize() has opened a connection already.
  pool.on('acquire', (connection) => {
    if (waiting.has(connection)) return
    waiting.add(connection)
    // mysql2 sends it before the statement that the connection was acquired for.
    connection.query(statement, (error) => error && connection.destroy())
  })
}

/** Lets each connection of the instance wait for the writes of other nodes before it reads, updates or deletes. */
export function waitInSequelize(sequelize: Sequelize): void {
  sequelize.addHook('afterConnect', async (connection: unknown) => {
    const driver = sequelize.getDialect()
    if (driver === 'mariadb') await (connection as { query(sql: string): Promise<unknown> }).query(statement)
    else await new Promise<void>((resolve, reject) => send(connection as CallbackConnection, resolve, reject))
  })
}

interface CallbackConnection {
  query(sql: string, done: (error: unknown) => void): unknown
}

function send(connection: CallbackConnection, resolve: () => void, reject: (error: unknown) => void): void {
  connection.query(statement, (error) => (error ? reject(error) : resolve()))
}
