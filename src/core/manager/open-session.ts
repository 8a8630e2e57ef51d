import type { CookieSink } from '../session/cookie-sink.js'
import { Session } from '../session/session.js'
import type { Shared } from '../session/shared.js'

/** By manager, what its sessions have in common. */
const shared = new WeakMap<object, Shared>()

/** Lets {@link openSession} open the sessions of this manager. */
export function letOpen(manager: object, ofManager: Shared): void {
  shared.set(manager, ofManager)
}

/** The session of a request, loaded, with its properties and its state: for this package, not for adapters. */
export async function openSession(manager: object, id?: string, cookie?: CookieSink): Promise<Session> {
  const session = new Session(shared.get(manager) as Shared, id, cookie)
  await session.load()
  return session
}
