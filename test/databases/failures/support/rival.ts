import { setTimeout as sleep } from 'node:timers/promises'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { type Server, servers } from '../../../support/databases.js'

/** Somebody else's connection to a server. */
export interface Rival {
  query(sql: string): Promise<readonly Record<string, unknown>[]>
  /** Resolves when somebody waits for a lock with a statement on this table; the connection that waits. */
  blocked(table: string): Promise<number>
  /** Resolves when nobody does. */
  unblocked(table: string): Promise<void>
  /** Ends a connection, or only its statement. */
  kill(connection: number, what?: 'QUERY'): Promise<void>
  close(): Promise<void>
}

/** What is used of `pg`, which has no types. */
interface PgModule {
  readonly Client: new (
    options: object,
  ) => {
    connect(): Promise<void>
    query(sql: string): Promise<{ rows?: Record<string, unknown>[] }>
    end(): Promise<void>
  }
}

const waiting: Record<Server, (table: string) => string> = {
  postgres: (table) =>
    `SELECT pid AS id FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%${table}%'`,
  mariadb: (table) =>
    `SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE '%${table}%'`,
}

/** MariaDB shows the same transactions again to those who look more often than each 100 milliseconds. */
const mariadbCache = 120

const killing: Record<Server, (connection: number, what: string) => string> = {
  postgres: (pid, what) => `SELECT pg_${what === 'QUERY' ? 'cancel' : 'terminate'}_backend(${pid})`,
  mariadb: (id, what) => `KILL ${what} ${id}`,
}

/** Connects to this server, and to another database than the usual one if that is told. */
export async function rivalOn(server: Server, database: string = servers[server].database): Promise<Rival> {
  const connect = () => (server === 'postgres' ? postgres(database) : mariadb(database))
  // PostgreSQL shows the same waiters as long as a transaction is open.
  const [{ query, close }, looker] = [await connect(), await connect()]
  const waiter = async (table: string): Promise<unknown> => {
    if (server === 'mariadb') await sleep(mariadbCache)
    return (await looker.query(waiting[server](table)))[0]?.id
  }
  return {
    query,
    close: async () => {
      await close()
      await looker.close()
    },
    blocked: async (table) => {
      for (;;) {
        const id = await waiter(table)
        if (id !== undefined) return Number(id)
      }
    },
    unblocked: async (table) => {
      while ((await waiter(table)) !== undefined);
    },
    kill: async (connection, what) => void (await looker.query(killing[server](connection, what ?? ''))),
  }
}

async function postgres(database: string): Promise<Pick<Rival, 'query' | 'close'>> {
  const { username, ...options } = servers.postgres
  const { Client } = (await import('pg' as string)) as PgModule
  const client = new Client({ ...options, database, user: username })
  await client.connect()
  return { query: async (sql) => (await client.query(sql)).rows ?? [], close: () => client.end() }
}

async function mariadb(database: string): Promise<Pick<Rival, 'query' | 'close'>> {
  const { username, ...options } = servers.mariadb
  const connection = await createConnection({ ...options, database, user: username })
  return {
    query: async (sql) => (await connection.query<RowDataPacket[]>(sql))[0],
    close: () => connection.end(),
  }
}
