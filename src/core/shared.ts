import type { TimeLimit } from './deadline.js'
import { Ending } from './ending.js'
import { Events } from './events.js'
import { ExpiredRows } from './expired-rows.js'
import { Limit } from './limit.js'
import type { ResolvedOptions } from './options.js'
import { Rows } from './rows.js'
import { type Alarm, TraceSweep } from './trace-sweep.js'
import { Traces } from './traces.js'
import { Turns } from './turns.js'

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
