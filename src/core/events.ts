import { createHmac } from 'node:crypto'
import { shown } from './validation.js'

/**
 * Why there is no session: its row is not there, or it is expired; or its id was replaced, and opens nothing any more, since
 * another request has called `regenerate({ grace: 0 })`.
 */
export type GoneReason = 'ended' | 'expired' | 'replaced'

/** Why a cookie did not open a session. */
export type RejectionReason =
  /** It could not be an id of ours; nobody asked the database. */
  | 'malformed'
  /** No session has this id, or not any more. */
  | 'unknown'

/** Why sessions were ended. */
export type EndReason =
  /** `destroy()`, `ctx.session = null` or `manager.delete()`. */
  | 'logout'
  /** `manager.revoke()` or `manager.deleteAll()`. */
  | 'revoked'
  /** There were too many of one user: the option `limit`. */
  | 'limit'

/** What every event tells. */
export interface SessionEvent {
  /** When, by the clock of the manager. */
  readonly at: Date
  /**
   * A name for the session in logs: a hash under the option `auditKey` of what its row is found by, so that a log opens
   * no session. `null` where there is none, or where there are several.
   */
  readonly session: string | null
}

/** What a `SessionManager` tells of, by event. No event holds an id, data or a column. */
export interface SessionEvents {
  /** A new session was stored. */
  created: SessionEvent
  /** A request has opened a session. */
  loaded: SessionEvent
  /** The expiry of a session was moved. */
  renewed: SessionEvent
  /** `regenerate()` has given a session another id. */
  rotated: SessionEvent & { readonly previous: string }
  /** Sessions were ended. */
  destroyed: SessionEvent & { readonly count: number; readonly reason: EndReason }
  /** A request has come with a session that is expired, or the clean-up has removed some. */
  expired: SessionEvent & { readonly count: number }
  /** A cookie did not open a session. */
  rejected: SessionEvent & { readonly reason: RejectionReason }
  /** Another request was faster. What this one changed is changed again on what the other has written. */
  conflict: SessionEvent
  /** A request wanted to write to a session that was ended, or expired, meanwhile. What it wanted to write is dropped. */
  gone: SessionEvent & { readonly reason: GoneReason }
  /**
   * The database failed, or a row cannot be read. A request gets the error too; the clean-up goes on at its next run. The
   * clean-up tells of a row that the database refuses to remove once.
   */
  error: SessionEvent & { readonly error: unknown }
}

/** Listens to one kind of event. Nobody waits for what it returns; if that is a promise, it may reject. */
export type SessionListener<Name extends keyof SessionEvents> = (event: SessionEvents[Name]) => unknown

/** What events need of the options. */
interface EventOptions {
  readonly auditKey: Uint8Array | string
  now(): number
}

type Facts<Name extends keyof SessionEvents> = Omit<SessionEvents[Name], keyof SessionEvent>

/**
 * An emitter that knows its events. A listener that throws, or rejects, harms no session and silences no other one: its
 * error is reported as a warning.
 */
export class Events {
  readonly #options: EventOptions
  readonly #listeners = new Map<keyof SessionEvents, Set<SessionListener<never>>>()

  constructor(options: EventOptions) {
    this.#options = options
  }

  on<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
  }

  off<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): void {
    this.#listeners.get(name)?.delete(listener)
  }

  /** Whether anybody listens. */
  has(name: keyof SessionEvents): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0
  }

  /** Tells of the session that has this row. */
  emit<Name extends keyof SessionEvents>(name: Name, rowId: string | null, facts: Facts<Name>): void {
    if (!this.has(name)) return
    const session = rowId === null ? null : this.nameOf(rowId)
    const event: unknown = { at: new Date(this.#options.now()), session, ...facts }
    for (const listener of [...(this.#listeners.get(name) ?? [])]) call(listener, event)
  }

  /** Tells of an error that no request gets: as a warning, if nobody listens. */
  tell(rowId: string | null, error: Error): void {
    if (this.has('error')) this.emit('error', rowId, { error })
    else warn(error)
  }

  /** Tells of an error of the database that no request gets, as a warning: who listens has heard of it. */
  warnUnheard(error: unknown): void {
    if (!this.has('error')) warn(error)
  }

  /** The name that logs have for the session with this row. */
  nameOf(rowId: string): string {
    return createHmac('sha256', this.#options.auditKey).update(rowId).digest('base64url').slice(0, 16)
  }
}

function call(listener: SessionListener<never>, event: unknown): void {
  try {
    const result = listener(event as never)
    if (typeof result === 'object' && result !== null) Promise.resolve(result).catch(warn)
  } catch (error) {
    warn(error)
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : shown(error))
}
