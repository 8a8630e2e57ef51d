import type { Job } from '../../databases/stress/job.js'
import type { Report } from '../../databases/stress/report.js'
import { stress } from '../../databases/stress/run.js'
import { databaseOf, useServer } from '../disturbed-stress.js'
import { inFolder } from '../servers/folder.js'
import { pgbouncer } from '../servers/pgbouncer.js'
import { PostgresServer } from '../servers/postgres.js'

/** The stress through PgBouncer in transaction mode. */
export function throughPgbouncer(orm: Job['orm'], ports: readonly number[], requests: number): Promise<Report> {
  const [serverPort = 0, poolPort = 0] = ports
  return inFolder('pgbouncer', async (folder, closing) => {
    const server = await PostgresServer.primary(folder, 'postgres', serverPort)
    closing(() => server.kill())
    await server.query('CREATE DATABASE sessions')
    const pool = await pgbouncer(folder, poolPort, { host: server.host, port: serverPort }, 'sessions')
    closing(() => pool.stop())
    useServer('postgres', { port: poolPort, database: 'sessions' })
    return stress(orm, await databaseOf(orm, 'PostgreSQL'), { requests, sessions: 20, parallel: 50 })
  })
}
