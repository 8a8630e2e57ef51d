import { SessionError } from '../errors.js'
import type { SessionWatch, WatchReason } from './watch-types.js'

/** The session that a watch belongs to. */
export interface Watchable {
  /** Keeps the session alive. */
  touch(): void
  /** Removes a watch that was stopped. */
  remove(watch: Watch): void
}

/** One watch on a session. It forgets the session when it is over. */
export class Watch implements SessionWatch {
  readonly #controller = new AbortController()
  #session: Watchable | undefined
  #reason: WatchReason | undefined

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get reason(): WatchReason | undefined {
    return this.#reason
  }

  touch(): void {
    this.#session?.touch()
  }

  stop(): void {
    this.#session?.remove(this)
    this.#session = undefined
  }

  /** Makes this a watch on a session; with `undefined`, on none. */
  attach(session: Watchable | undefined): void {
    this.#session = session
  }

  /** Tells that the session has ended. */
  end(reason: WatchReason): void {
    this.#session = undefined
    this.#reason = reason
    this.#controller.abort(endOf(reason))
  }
}

function endOf(reason: WatchReason): SessionError {
  const problem =
    reason === 'lost'
      ? 'The database could not be read for so long that the watched session may have ended.'
      : `The watched session has ended (${reason}).`
  return new SessionError('SESSION_GONE', `${problem} Close what belongs to it, and let the client connect again.`)
}
