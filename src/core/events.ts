import { createHmac } from 'node:crypto'
import { type Channel, channel } from 'node:diagnostics_channel'
import { shown } from './validation.js'

/**
 * Why a session is gone:
 * - `ended`: its row does not exist any more.
 * - `expired`: its time is over.
 * - `replaced`: another request called `regenerate({ grace: 0 })`, so the old id opens nothing any more.
 */
export type GoneReason = 'ended' | 'expired' | 'replaced'

/** Why the id of a request did not open a session. */
export type RejectionReason =
  /** The value cannot be an id of this package. The database was not asked. */
  | 'malformed'
  /** No session has this id, or the session has ended. */
  | 'unknown'
  /** The id was replaced a moment ago by `regenerate({ grace: 0 })`. A late request of the same browser has it, or a thief. */
  | 'replaced'

/** Why sessions were ended. */
export type EndReason =
  /** `destroy()`, `ctx.session = null` or `manager.delete()`. */
  | 'logout'
  /** `manager.revoke()` or `manager.deleteAll()`. */
  | 'revoked'
  /** The option `limit`: one user had too many sessions. */
  | 'limit'

/** The members that every event has. */
export interface SessionEvent {
  /** The moment of the event, by the clock of the manager (the option `now`). */
  readonly at: Date
  /**
   * A name for the session in logs: an HMAC of its row id with the option `auditKey`. It opens no session. `null` if the event is about no session or about several.
   */
  readonly session: string | null
}

/** The events of a `SessionManager`, by name. No event contains an id, data or the value of a column. */
export interface SessionEvents {
  /** A new session was stored. */
  created: SessionEvent
  /**
   * A login was stored: `regenerate()` was called, or `manager.create()` with `authenticated: true`. It comes right after
   * `created` for a new session, and after `rotated` for one that got another id.
   */
  authenticated: SessionEvent
  /** A request opened a session. */
  loaded: SessionEvent
  /** The expiry of a session was moved. */
  renewed: SessionEvent
  /**
   * A session got another id, by `regenerate()` or because an id of another package was adopted. `previous` is the name that
   * logs had for it before.
   */
  rotated: SessionEvent & { readonly previous: string }
  /** `count` sessions were ended. `session` is `null` if they were found by a condition on columns, or all were ended. */
  destroyed: SessionEvent & { readonly count: number; readonly reason: EndReason }
  /** A request came with an expired session, or the clean-up removed `count` expired rows. */
  expired: SessionEvent & { readonly count: number }
  /** The id of a request did not open a session. */
  rejected: SessionEvent & { readonly reason: RejectionReason }
  /** Another request wrote to the session first. This request repeats its changes on the row that the other one wrote. */
  conflict: SessionEvent
  /** A request tried to write to a session that had ended or expired since it was read. Its changes are dropped. */
  gone: SessionEvent & { readonly reason: GoneReason }
  /**
   * The database failed, or a row cannot be read. A request that meets the error rejects with it too; the clean-up continues
   * at its next run. A row that the database refuses to remove is reported once.
   */
  error: SessionEvent & { readonly error: unknown }
}

/** Listens to one kind of event. A returned promise is not awaited; an error or a rejection becomes a warning. */
export type SessionListener<Name extends keyof SessionEvents> = (event: SessionEvents[Name]) => unknown

/**
 * The message of the channel `koa-session-model:<name>` of `node:diagnostics_channel`: the event, and the option `key` of its
 * manager.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import type { SessionMessage } from 'koa-session-model'
 *
 * subscribe('koa-session-model:destroyed', (message) => {
 *   const { key, count, reason } = message as SessionMessage<'destroyed'>
 *   console.log(key, count, reason)
 * })
 * ```
 */
export type SessionMessage<Name extends keyof SessionEvents> = SessionEvents[Name] & {
  /** The option `key` of the manager, which tells the managers of a process apart. */
  readonly key: string
}

/** The channel of each event. They are shared by all managers of the process. */
const channels: Readonly<Record<keyof SessionEvents, Channel>> = {
  created: channel('koa-session-model:created'),
  authenticated: channel('koa-session-model:authenticated'),
  loaded: channel('koa-session-model:loaded'),
  renewed: channel('koa-session-model:renewed'),
  rotated: channel('koa-session-model:rotated'),
  destroyed: channel('koa-session-model:destroyed'),
  expired: channel('koa-session-model:expired'),
  rejected: channel('koa-session-model:rejected'),
  conflict: channel('koa-session-model:conflict'),
  gone: channel('koa-session-model:gone'),
  error: channel('koa-session-model:error'),
}

/** The options that events need. */
interface EventOptions {
  readonly key: string
  readonly auditKey: Uint8Array | string
  now(): number
}

type Facts<Name extends keyof SessionEvents> = Omit<SessionEvents[Name], keyof SessionEvent>

/**
 * A typed event emitter. If a listener throws or rejects, its error becomes a warning of the process. Sessions and the other
 * listeners aren't affected.
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

  /** Whether somebody hears the event: a listener of this manager, or a subscriber of the channel. */
  isHeard(name: keyof SessionEvents): boolean {
    return channels[name].hasSubscribers || this.#hasListener(name)
  }

  #hasListener(name: keyof SessionEvents): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0
  }

  /** Emits an event about the session with this row; `null` for no session or several. */
  emit<Name extends keyof SessionEvents>(name: Name, rowId: string | null, facts: Facts<Name>): void {
    if (!this.isHeard(name)) return
    const session = rowId === null ? null : this.nameOf(rowId)
    const event = { at: new Date(this.#options.now()), session, ...facts }
    for (const listener of [...(this.#listeners.get(name) ?? [])]) call(listener, event)
    if (channels[name].hasSubscribers) channels[name].publish({ key: this.#options.key, ...event })
  }

  /** Reports an error that no request receives: as the event `error`, and as a warning if that has no listener. */
  report(rowId: string | null, error: Error): void {
    this.emit('error', rowId, { error })
    this.warnUnheard(error)
  }

  /** Warns of an error that no request receives, unless a listener of `error` has heard of it. */
  warnUnheard(error: unknown): void {
    if (!this.#hasListener('error')) warn(error)
  }

  /** The name of a session in logs, from its row id. */
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
