import type { TimeLimit } from '../concurrency/deadline.js'
import { Turns } from '../concurrency/keyed-mutex.js'
import { Events } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import { Limit } from '../repository/limit.js'
import { Traces } from '../repository/rotated-ids.js'
import { Rows } from '../repository/session-repository.js'

/** What the sessions of one manager have in common. */
export interface Shared {
  readonly options: ResolvedOptions
  readonly rows: Rows
  readonly traces: Traces
  readonly turns: Turns
  readonly events: Events
  readonly limit: Limit
  /** How long an operation may wait. */
  readonly time: TimeLimit
}

/** What sessions with these options have in common. */
export function share(options: ResolvedOptions): Shared {
  const events = new Events(options)
  const rows = new Rows(options, events)
  const traces = new Traces(rows)
  const limit = new Limit(rows, traces, events)
  return { options, rows, traces, turns: new Turns(), events, limit, time: rows.time }
}
