import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashId } from '../../../src/core/codec/id.js'
import { grace } from './app.js'
import { type CheckOptions, check } from './check.js'
import type { Database, Opened } from './database.js'
import type { Job } from './job.js'
import { Driver, type Load } from './load.js'
import type { FinalRow } from './log.js'
import { type Report, reportOf } from './report.js'
import { start, type Workers } from './workers.js'

/** What may be unusual about a PostgreSQL. */
export interface Conditions {
  readonly isolation?: string
  readonly partitions?: number
  readonly statementComment?: string
  /** Puts something before the processes: it gets their addresses, and gives those that requests are sent to. */
  readonly via?: (urls: readonly string[]) => Promise<readonly string[]>
  /** The ports of the nodes of a MariaDB cluster: each process uses one of them. */
  readonly ports?: readonly number[]
  /** How long one operation of a session may take. Default: a minute. */
  readonly timeout?: string
  /** Waits until all nodes have what was written, before the rows are read. */
  readonly settle?: () => Promise<void>
}

/** How many processes serve the app. */
export const processes = 4

/** Runs the app in several processes on one database, under load, and checks what has become of the sessions. */
export async function stress(
  orm: Job['orm'],
  database: Database,
  load: Load,
  { isolation, partitions, statementComment, ports, timeout, settle, via }: Conditions = {},
): Promise<Report> {
  const folder = await mkdtemp(join(tmpdir(), 'stress-'))
  const table = `stress_${database.name.replace(/\W+/g, '_').toLowerCase()}`
  const place = { table, file: join(folder, 'stress.db'), statementComment }
  const opened = await database.open({ ...place, create: true, ...(partitions && { partitions }) })
  try {
    const job: Job = { library: 'ours', orm, database: database.name, ...place, isolation, ports, timeout }
    return await underLoad(job, load, () => rowsOf(opened, settle), { rowId: hashId, grace }, via)
  } finally {
    await opened.close()
    await rm(folder, { recursive: true })
  }
}

/** Starts the processes, sends the load, and checks the rows. */
export async function underLoad(
  job: Job,
  load: Load,
  rowsOf: () => Promise<FinalRow[]>,
  options: CheckOptions,
  via: NonNullable<Conditions['via']> = async (urls) => urls,
): Promise<Report> {
  const workers: Workers = await start(processes, job)
  try {
    const began = performance.now()
    const log = await new Driver(await via(workers.urls), load).run()
    const seconds = (performance.now() - began) / 1000
    const counted = await workers.stop()
    const rows = await rowsOf()
    return reportOf({ name: job.database, log, rows, seconds, ...counted, violations: check(log, rows, options) })
  } finally {
    workers.kill()
  }
}

/** The rows, read without the code under test as far as it goes. */
async function rowsOf(opened: Opened, settle?: () => Promise<void>): Promise<FinalRow[]> {
  await settle?.()
  return (await opened.rows()).map(({ id, createdAt, data, columns }) => {
    return { id, began: createdAt?.getTime(), properties: { ...JSON.parse(data ?? '{}'), ...columns } }
  })
}
