import type { CookieSink } from '../session/cookie-sink.js'
import { Session } from '../session/session.js'
import type { Shared } from '../session/shared.js'

/** The shared objects of a manager's sessions, by manager. */
const shared = new WeakMap<object, Shared>()

/** Lets {@link openSession} open sessions of this manager. */
export function letOpen(manager: object, ofManager: Shared): void {
  shared.set(manager, ofManager)
}

/** Opens and loads the session of a request. For this package only: adapters use `openRequest()`. */
export async function openSession(manager: object, id?: string, cookie?: CookieSink): Promise<Session> {
  const session = new Session(shared.get(manager) as Shared, id, cookie)
  await session.load()
  return session
}
