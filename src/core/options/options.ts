import type { RegisteredModel, SessionBackend } from '../backend/session-backend.js'
import type { EncryptionKey } from '../codec/encryption.js'
import type { Serializer } from '../codec/serializer.js'
import type { MergeFunction } from '../properties/change-set.js'
import type { ResolvedCookieOptions, SessionCookieOptions } from './cookie-options.js'
import type { Duration } from './duration.js'
import type { Exclusion, RequestFacts } from './exclude.js'
import type { ResolvedLimit, SessionLimit } from './limit-options.js'
import type { ClearedData } from './option-checks.js'

/** What {@link CleanupOptions} are by default. */
export const defaultCleanup = { interval: '15m', batch: 200 } as const

/** When expired rows are removed. */
export interface CleanupOptions {
  /** The mean time between two runs; each one is moved by up to a quarter, so that processes do not run together. Default `'15m'`. */
  readonly interval?: Duration
  /** The most rows that one statement removes. Default 200: other statements wait for a longer one. */
  readonly batch?: number
}

/** Where sessions are kept: in the model that `registerSessionModel` returned, or in a backend. */
export type SessionPlace<Columns extends object = object> =
  | { readonly model: RegisteredModel<Columns>; readonly backend?: never }
  | { readonly model?: never; readonly backend: SessionBackend<Columns> }

/** What `session()` and {@link SessionManager} take: one of `model` and `backend`, and what has defaults. */
export type SessionOptions<Columns extends object = object> = SessionPlace<Columns> & SessionPolicy<Columns>

/** How a request ended. */
export interface RequestOutcome {
  /** The HTTP status of the response. */
  readonly status: number
  /** What a middleware has thrown; `undefined` if none did. */
  readonly error: unknown
}

/** The options that have defaults. */
export interface SessionPolicy<Columns extends object = object> {
  /** The name of the cookie. Default `'sid'`. */
  readonly key?: string
  /** The name of the session on `ctx`. Default `'session'`. */
  readonly property?: string
  /**
   * How long a session lives after its last use (idle timeout): milliseconds, or text such as `'30m'`. Default `'14d'`.
   *
   * @see https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration
   */
  readonly maxAge?: Duration
  /**
   * Whether use renews a session: reading and writing (`true`), or writing only (`'writes'`). Default `true`; with `false` it ends
   * `maxAge` after it began, or after `touch()`.
   */
  readonly rolling?: boolean | 'writes'
  /** The fraction of `maxAge` (0 to 1) after which reading a session extends it. Default 0.1. */
  readonly touchAfter?: number
  /** How long a session lives at the most, used or not: milliseconds, or text. Default: no limit. Needs the column `createdAt`. */
  readonly absoluteTimeout?: Duration
  /** How long a rotated id still leads parallel requests to the session: 0, or up to 10 minutes. Default `'10s'`. */
  readonly grace?: Duration
  /**
   * How long one operation of a session may wait for the database, for a connection of the pool or for other requests, all
   * tries included; then it fails with `BACKEND_TIMEOUT`. Default `'10s'`.
   */
  readonly timeout?: Duration
  /** When the session is read: before the next middleware, or at `await ctx.session.load()`. Default `'eager'`. */
  readonly load?: 'eager' | 'lazy'
  /** Requests that get no session: paths with what is beneath them, patterns of paths, or functions. Default: none. */
  readonly exclude?: Exclusion | readonly Exclusion[]
  /** Whether the changes of a request that ended so are kept. Default: if the status is below 500. */
  readonly keepChanges?: (outcome: RequestOutcome) => boolean
  /** What it is when the session of a request was ended meanwhile: `'throw'` for an error, `SESSION_GONE`. Default `'ignore'`. */
  readonly onGone?: 'ignore' | 'throw'
  /** How many sessions a user may have at a time. Default: no limit. Needs the column `version`. */
  readonly limit?: SessionLimit<Columns>
  /** The attributes of the cookie. */
  readonly cookie?: SessionCookieOptions
  /**
   * What clients are told to remove when a session ends, by the header `Clear-Site-Data`. `true` for cache and storage.
   * Default `false`.
   */
  readonly clearSiteData?: boolean | readonly ClearedData[]
  /** Encrypts the data of sessions with the first key, and decrypts it with any: each 32 random bytes. Default: plain. */
  readonly encryptionKeys?: readonly EncryptionKey[]
  /** The most that the data of a session may have, in bytes of UTF-8. Default 1 MiB. */
  readonly maxDataBytes?: number
  /** Makes the names that sessions have in events the same in all processes. Default: random for each manager. */
  readonly auditKey?: string
  /** How many random bytes an id has: 16 to 64. Default 32. */
  readonly idBytes?: number
  /** Store the SHA-256 of an id instead of the id. Default `true`. */
  readonly hashIds?: boolean
  /** How data becomes text. Default: JSON that refuses what it would lose. */
  readonly serializer?: Serializer
  /** By property name: settles a property that two requests changed at the same time. Default: the later commit. */
  readonly merge?: Readonly<Record<string, MergeFunction>>
  /** When expired rows are removed; `false` for never. Default: every 15 minutes. */
  readonly cleanup?: false | CleanupOptions
  /** The clock, in milliseconds since 1970. Default: the model's own, else `Date.now`. */
  readonly now?: () => number
}

/** How long sessions live, in milliseconds. */
export interface ResolvedTimes {
  readonly maxAge: number
  readonly rolling: boolean | 'writes'
  readonly touchAfter: number
  readonly absoluteTimeout: number | null
  readonly grace: number
  readonly timeout: number
}

/** The options with their defaults: checked, complete and frozen. */
export interface ResolvedOptions<Columns extends object = object> extends ResolvedTimes {
  readonly backend: SessionBackend<Columns>
  readonly key: string
  readonly property: string
  readonly load: 'eager' | 'lazy'
  readonly isExcluded: ((request: RequestFacts) => boolean) | null
  readonly keepChanges: (outcome: RequestOutcome) => boolean
  readonly onGone: 'ignore' | 'throw'
  readonly limit: ResolvedLimit | null
  readonly cookie: ResolvedCookieOptions
  readonly clearSiteData: readonly ClearedData[]
  /** The keys, as bytes. Hidden from logs, as `auditKey` is: not enumerable. */
  readonly encryptionKeys: readonly Uint8Array[]
  readonly maxDataBytes: number
  readonly auditKey: string
  readonly idBytes: number
  readonly hashIds: boolean
  readonly serializer: Serializer
  readonly merge: Readonly<Record<string, MergeFunction>>
  readonly cleanup: Readonly<{ interval: number; batch: number }> | null
  readonly now: () => number
}
