import { connect } from 'node:net'
import { createConnection } from 'mysql2/promise'

/** The database servers of the matrix; SQLite needs none. Other places by environment variables. */
export const servers = {
  postgres: {
    host: process.env.TEST_POSTGRES_HOST ?? '127.0.0.1',
    port: Number(process.env.TEST_POSTGRES_PORT ?? 5432),
    username: process.env.TEST_POSTGRES_USER ?? 'postgres',
    password: process.env.TEST_POSTGRES_PASSWORD ?? '',
    database: process.env.TEST_POSTGRES_DATABASE ?? 'test',
  },
  mariadb: {
    host: process.env.TEST_MARIADB_HOST ?? '127.0.0.1',
    port: Number(process.env.TEST_MARIADB_PORT ?? 3306),
    username: process.env.TEST_MARIADB_USER ?? 'root',
    password: process.env.TEST_MARIADB_PASSWORD ?? '',
    database: process.env.TEST_MARIADB_DATABASE ?? 'test',
  },
} as const

export type Server = keyof typeof servers

/** PostgreSQL's standby, which the ORMs' replication options name if there is one. */
export function postgresReplica(): typeof servers.postgres | undefined {
  const port = Number(process.env.TEST_POSTGRES_REPLICA_PORT ?? 0)
  return port > 0 ? { ...servers.postgres, port } : undefined
}

/** Whether something listens where the server should be. */
export function isReachable(server: Server): Promise<boolean> {
  const { host, port } = servers[server]
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 })
    const settle = (reachable: boolean) => {
      socket.destroy()
      resolve(reachable)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
    socket.once('timeout', () => settle(false))
  })
}

/** Lets MariaDB take sessions of 16 MiB, which its default packet size does not; they are tested too. */
export async function allowLargePackets(): Promise<void> {
  const { username, ...server } = servers.mariadb
  const connection = await createConnection({ ...server, user: username })
  await connection.query('SET GLOBAL max_allowed_packet = 67108864')
  await connection.end()
}
