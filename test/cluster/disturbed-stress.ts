import type { Database } from '../databases/stress/database.js'
import { databasesOf } from '../databases/stress/databases.js'
import type { Job } from '../databases/stress/job.js'
import type { Entry } from '../databases/stress/log.js'
import { type Report, summaryOf } from '../databases/stress/report.js'
import { type Conditions, stress } from '../databases/stress/run.js'
import { type Server, servers } from '../support/databases.js'

/** What a run under a disturbance has found. */
export interface Disturbed {
  readonly report: Report
  /** When each event took place, in milliseconds since 1970. */
  readonly events: ReadonlyMap<string, number>
}

/** Tells that something has happened now. */
export type Mark = (event: string) => void

/** Lets this process, and those that it starts, find a server elsewhere. */
export function useServer(server: Server, place: { readonly port: number; readonly database: string }): void {
  Object.assign(servers[server], place)
  const name = `TEST_${server.toUpperCase()}`
  process.env[`${name}_PORT`] = String(place.port)
  process.env[`${name}_DATABASE`] = place.database
}

/** The database of an ORM whose name contains this text. */
export async function databaseOf(orm: Job['orm'], name: string): Promise<Database> {
  const database = (await databasesOf(orm)).find((one) => one.name.includes(name))
  if (!database) throw new Error(`no database ${name}`)
  return database
}

/** Lets this process, and those that it starts, name a standby in the ORMs' replication options. */
export function useReplica(port: number | undefined): void {
  process.env.TEST_POSTGRES_REPLICA_PORT = String(port ?? 0)
}

/** How the load is sent while something happens, and to where. */
export interface Disturbance extends Conditions {
  /** How many requests a second are sent, whether earlier ones were answered or not. Default: as many as are answered. */
  readonly perSecond?: number
}

/**
 * The stress for as long as `happen` takes. The load is light, so that a machine with few processors has time for what
 * happens.
 */
export async function stressDuring(
  orm: Job['orm'],
  name: string,
  happen: (mark: Mark) => Promise<void>,
  { perSecond, ...conditions }: Disturbance = {},
): Promise<Disturbed> {
  const events = new Map<string, number>()
  let isOver = false
  let begin = (): void => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const load = {
    sessions: 20,
    // To each address: the processes, or a proxy before them. Requests that hang must not keep the others from their moment.
    parallel: perSecond ? 60 : conditions.via ? 12 : 3,
    ...(perSecond && { perSecond }),
    get requests() {
      begin()
      return isOver ? 0 : Number.POSITIVE_INFINITY
    },
  }
  const running = stress(orm, await databaseOf(orm, name), load, conditions)
  try {
    await Promise.race([begun, running])
    await happen((event) => void events.set(event, Date.now()))
  } finally {
    isOver = true
  }
  return { report: await running, events }
}

/** The counts, and how long after `event` the first request succeeded that was sent after it. */
export function rowOf(trial: string, { report, events }: Disturbed): Record<string, string | number> {
  const row: Record<string, string | number> = { trial, ...summaryOf(report) }
  for (const [event, at] of events) row[`${event} +s`] = secondsUntilSuccess(report.log, at)
  return { ...row, ...slownessOf(report.log) }
}

/** How many answers took longer than a second, and the longest one in seconds. */
function slownessOf(log: readonly Entry[]): Record<string, number> {
  const times = log.map(({ sentAt, answeredAt }) => answeredAt - sentAt)
  const longest = times.reduce((most, time) => Math.max(most, time), 0)
  return { slow: times.filter((time) => time > 1000).length, longest: Number((longest / 1000).toFixed(1)) }
}

function secondsUntilSuccess(log: readonly Entry[], since: number): number {
  const answered = log.filter(({ outcome, sentAt }) => outcome === 'stored' && sentAt >= since)
  return (Math.min(...answered.map(({ answeredAt }) => answeredAt)) - since) / 1000
}

/** What the clients were told, second by second. */
export function timeline({ log }: Report): Record<string, number>[] {
  const began = Math.min(...log.map(({ sentAt }) => sentAt))
  const seconds: Record<string, number>[] = []
  for (const { sentAt, answeredAt, outcome } of log) {
    const second = Math.floor((answeredAt - began) / 1000)
    seconds[second] ??= { second, stored: 0, gone: 0, refused: 0, failed: 0, slow: 0 }
    const counts = seconds[second]
    counts[outcome] = (counts[outcome] ?? 0) + 1
    if (answeredAt - sentAt > 1000) counts.slow = (counts.slow ?? 0) + 1
  }
  return seconds.filter(Boolean)
}
