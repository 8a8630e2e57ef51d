import type { Job } from '../../databases/stress/job.js'
import type { Report } from '../../databases/stress/report.js'
import { stress } from '../../databases/stress/run.js'
import { databaseOf, useServer } from '../disturbed-stress.js'
import { inFolder } from '../servers/folder.js'
import { MariadbServer } from '../servers/plain-mariadb.js'
import { PostgresServer } from '../servers/postgres.js'

/** The isolation levels that transactions have by default, as SQL writes them. */
export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

/** The stress on a server with this default. */
export function isolation(
  orm: Job['orm'],
  database: string,
  level: Isolation,
  [port = 0]: readonly number[],
  requests: number,
): Promise<Report> {
  return inFolder('isolation', async (folder, closing) => {
    if (database.includes('MariaDB')) {
      const options = [`--transaction-isolation=${level.toUpperCase().replace(' ', '-')}`]
      const server = await MariadbServer.start(folder, { name: 'mariadb', port, database: 'sessions' }, options)
      closing(() => server.kill())
      useServer('mariadb', { port, database: 'sessions' })
    } else {
      const settings = { default_transaction_isolation: level }
      const server = await PostgresServer.primary(folder, 'postgres', port, settings)
      closing(() => server.kill())
      await server.query('CREATE DATABASE sessions')
      useServer('postgres', { port, database: 'sessions' })
    }
    return stress(orm, await databaseOf(orm, database), { requests, sessions: 20, parallel: 50 })
  })
}
