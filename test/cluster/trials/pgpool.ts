import { setTimeout as wait } from 'node:timers/promises'
import type { Job } from '../../databases/stress/job.js'
import type { Report } from '../../databases/stress/report.js'
import { stress } from '../../databases/stress/run.js'
import { databaseOf, useServer } from '../disturbed-stress.js'
import { inFolder } from '../servers/folder.js'
import { pgpool } from '../servers/pgpool.js'
import { PostgresServer } from '../servers/postgres.js'

/** The stress through pgpool-II, which balances reads between the primary and a standby that is behind. */
export function throughPgpool(
  orm: Job['orm'],
  ports: readonly number[],
  requests: number,
  statementComment = '',
): Promise<Report> {
  const [primaryPort = 0, standbyPort = 0, poolPort = 0, pcpPort = 0] = ports
  return inFolder('pgpool', async (folder, closing) => {
    const primary = await PostgresServer.primary(folder, 'primary', primaryPort)
    closing(() => primary.kill())
    await primary.query('CREATE DATABASE sessions')
    const standby = await primary.standby('standby', standbyPort, { recovery_min_apply_delay: '500ms' })
    closing(() => standby.kill())
    await wait(1000) // until the standby has the database
    const pool = await pgpool(folder, poolPort, pcpPort, [primaryPort, standbyPort])
    closing(() => pool.stop('SIGINT'))
    useServer('postgres', { port: poolPort, database: 'sessions' })
    const load = { requests, sessions: 20, parallel: 10 }
    return stress(orm, await databaseOf(orm, 'PostgreSQL'), load, statementComment ? { statementComment } : {})
  })
}
