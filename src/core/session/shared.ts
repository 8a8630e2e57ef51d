import type { TimeLimit } from '../concurrency/deadline.js'
import { KeyedMutex } from '../concurrency/mutex.js'
import { Events } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import { Ending } from '../repository/ending.js'
import { ExpiredRows } from '../repository/expired-rows.js'
import { type Alarm, ForwardingSweep } from '../repository/forwarding-sweep.js'
import type { LastSeen } from '../repository/last-seen.js'
import { Limit } from '../repository/limit.js'
import { RotatedIds } from '../repository/rotated-ids.js'
import { SessionRepository } from '../repository/session-repository.js'

/** The objects that the sessions of one manager share. */
export interface Shared {
  readonly options: ResolvedOptions
  readonly repository: SessionRepository
  readonly rotatedIds: RotatedIds
  readonly ending: Ending
  readonly sweep: ForwardingSweep
  readonly expired: ExpiredRows
  readonly mutex: KeyedMutex
  readonly events: Events
  readonly limit: Limit
  readonly lastSeen: LastSeen
  /** The time limit of operations. */
  readonly time: TimeLimit
}

/** Makes the shared objects for sessions with these options. `alarm` replaces the timer of the sweep of forwarding rows. */
export function share(options: ResolvedOptions, alarm?: Alarm): Shared {
  const events = new Events(options)
  const repository = new SessionRepository(options, events)
  const expired = new ExpiredRows(repository, events)
  const sweep = new ForwardingSweep(options, expired, events, alarm)
  const rotatedIds = new RotatedIds(repository, sweep)
  const ending = new Ending(repository, rotatedIds, sweep)
  const limit = new Limit(repository, ending)
  const mutex = new KeyedMutex()
  const { time, lastSeen } = repository
  return { options, repository, rotatedIds, ending, sweep, expired, mutex, events, limit, lastSeen, time }
}
