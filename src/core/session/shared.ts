import type { TimeLimit } from '../concurrency/deadline.js'
import { Turns } from '../concurrency/keyed-mutex.js'
import { Events } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import { Ending } from '../repository/ending.js'
import { ExpiredRows } from '../repository/expired-rows.js'
import { type Alarm, TraceSweep } from '../repository/forwarding-sweep.js'
import { Limit } from '../repository/limit.js'
import { Traces } from '../repository/rotated-ids.js'
import { Rows } from '../repository/session-repository.js'

/** What the sessions of one manager have in common. */
export interface Shared {
  readonly options: ResolvedOptions
  readonly rows: Rows
  readonly traces: Traces
  readonly ending: Ending
  readonly sweep: TraceSweep
  readonly expired: ExpiredRows
  readonly turns: Turns
  readonly events: Events
  readonly limit: Limit
  /** How long an operation may wait. */
  readonly time: TimeLimit
}

/** What sessions with these options have in common. `alarm` is a timer of its own for the sweep of traces. */
export function share(options: ResolvedOptions, alarm?: Alarm): Shared {
  const events = new Events(options)
  const rows = new Rows(options, events)
  const expired = new ExpiredRows(rows, events)
  const sweep = new TraceSweep(options, expired, events, alarm)
  const traces = new Traces(rows, sweep)
  const ending = new Ending(rows, traces, sweep)
  const limit = new Limit(rows, ending, events)
  return { options, rows, traces, ending, sweep, expired, turns: new Turns(), events, limit, time: rows.time }
}
