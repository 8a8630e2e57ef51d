import {
  MemorySessionBackend,
  type SessionBackend,
  SessionManager,
  type SessionPolicy,
  type SessionWatch,
} from 'koa-session-model'
import { Session } from '../../../src/core/session/session.js'
import { type Shared, share } from '../../../src/core/session/shared.js'
import { Watches } from '../../../src/core/watch/watches.js'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { AlarmClock } from '../../support/alarm-clock.js'

export type Columns = { userId: number | null }

/** One process that watches sessions, and another one, with one clock. */
export interface Watching {
  readonly clock: AlarmClock
  readonly backend: WatchedBackend<Columns>
  /** The process that watches. */
  readonly shared: Shared
  readonly watches: Watches
  /** The other process. */
  readonly other: SessionManager<Columns>
  readonly otherShared: Shared
  /** Stores a session in the process that watches. */
  begin(userId?: number): Promise<Session>
  watch(session: Session, every?: number): Promise<SessionWatch>
  /** Opens the session in the other process. */
  opened(id: string): Promise<Session>
  /** The ids of each find since the last time. */
  takeFinds(): number[]
}

export function watching(
  options: SessionPolicy<Columns> = {},
  inner: SessionBackend<Columns> = new MemorySessionBackend<Columns>({ userId: null }),
): Watching {
  const clock = new AlarmClock()
  const backend = new WatchedBackend(inner)
  const finds: number[] = []
  const find = backend.find.bind(backend)
  backend.find = (ids) => {
    finds.push(ids.length)
    return find(ids)
  }
  const other = new SessionManager<Columns>({ backend, cleanup: false, now: clock.now, ...options })
  const shared = share(other.options, clock.alarm)
  const otherShared = share(other.options, () => () => {})
  const watches = new Watches(shared, clock.alarm)
  return {
    clock,
    backend,
    shared,
    watches,
    other,
    otherShared,
    begin: (userId = 1) => begin(shared, userId),
    watch: (session, every = 30_000) => watches.begin(session.state.rowId, every, true),
    opened: (id) => opened(otherShared, id),
    takeFinds: () => finds.splice(0),
  }
}

async function begin(shared: Shared, userId: number): Promise<Session> {
  const session = new Session(shared)
  session.properties.set('userId', userId)
  await session.save()
  return session
}

async function opened(shared: Shared, id: string): Promise<Session> {
  const session = new Session(shared, id)
  await session.load()
  return session
}

/** Gives a session another id. */
export async function rotate(session: Session, grace?: 0): Promise<void> {
  await session.regenerate(grace === undefined ? undefined : { grace })
  await session.save()
}
