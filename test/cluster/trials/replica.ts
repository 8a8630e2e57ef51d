import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Job } from '../../databases/stress/job.js'
import type { Report } from '../../databases/stress/report.js'
import { stress } from '../../databases/stress/run.js'
import { databaseOf, useReplica, useServer } from '../disturbed-stress.js'
import { inFolder } from '../servers/folder.js'
import { PostgresServer } from '../servers/postgres.js'

/** What came of it, and the statements for sessions that the standby got. */
export interface ReplicaReport {
  readonly report: Report
  readonly readFromStandby: number
}

/** The stress where the ORM's own option sends reads to a standby that is 5 seconds behind. */
export function replica(orm: Job['orm'], ports: readonly number[], requests: number): Promise<ReplicaReport> {
  const [primaryPort = 0, standbyPort = 0] = ports
  return inFolder('replica', async (folder, closing) => {
    const primary = await PostgresServer.primary(folder, 'primary', primaryPort)
    closing(() => primary.kill())
    await primary.query('CREATE DATABASE sessions')
    const standby = await primary.standby('standby', standbyPort, {
      recovery_min_apply_delay: '5s',
      log_statement: 'all',
    })
    closing(() => standby.kill())
    useServer('postgres', { port: primaryPort, database: 'sessions' })
    useReplica(standbyPort)
    closing(() => useReplica(undefined))
    const report = await stress(orm, await databaseOf(orm, 'PostgreSQL'), { requests, sessions: 20, parallel: 20 })
    const readFromStandby = statementsIn(folder)
    await standby.query('SELECT 1 AS "stress_control"', 'sessions')
    if (statementsIn(folder) !== readFromStandby + 1)
      throw new Error('The log of the standby does not tell its statements.')
    return { report, readFromStandby }
  })
}

/** How many statements on a table of the stress the standby has logged. */
function statementsIn(folder: string): number {
  const log = readFileSync(join(folder, 'standby.log'), 'utf8')
  return log.split('\n').filter((line) => line.includes('"stress_')).length
}
