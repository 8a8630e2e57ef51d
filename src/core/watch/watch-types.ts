import type { EndReason } from '../events.js'
import type { Duration } from '../options/duration.js'

/**
 * Why the signal of a watch was aborted. This process has ended the session: see {@link EndReason}. Or the database shows:
 * - `ended`: the session is gone. Another process or program has ended it, so it is not known how.
 * - `expired`: its time is over.
 * - `lost`: the database could not be read for so long that the session may have ended, or may have another id now.
 */
export type WatchReason = EndReason | 'ended' | 'expired' | 'lost'

/** The options of `manager.watch()`. */
export interface WatchOptions {
  /**
   * How soon, at the latest, the signal tells what another process did to the session, while the database answers: from one
   * second to 35 seconds more than the option `grace`. Parts of a second are cut off.
   *
   * @default '30s'
   */
  readonly every?: Duration | undefined
}

/** A watch on a stored session. */
export interface SessionWatch {
  /**
   * Is aborted once, when the session has ended or has expired; not by {@link stop}. Its `reason` is a `SessionError` with the
   * code `SESSION_GONE`.
   */
  readonly signal: AbortSignal
  /** Why the signal was aborted; `undefined` until then. */
  readonly reason: WatchReason | undefined
  /**
   * Keeps the session alive: moves its expiry, if that gains more than `touchAfter` × `maxAge`. Costs nothing otherwise, so
   * call it for each message of a socket. A failure of the database is the event `error`, and the next call tries again.
   */
  touch(): void
  /** Ends the watch: the signal is not aborted any more. Call it when the socket closes. */
  stop(): void
}
