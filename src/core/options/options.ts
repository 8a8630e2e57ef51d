import type { RegisteredModel, SessionBackend } from '../backend/session-backend.js'
import type { EncryptionKey } from '../codec/encryption.js'
import type { HashIds } from '../codec/id.js'
import type { Serializer } from '../codec/serializer.js'
import type { MergeFunction } from '../properties/change-set.js'
import type { AdoptFunction, OldCookie, ResolvedAdopt } from './adopt-options.js'
import type { ResolvedCookieOptions, SessionCookieOptions } from './cookie-options.js'
import type { Duration } from './duration.js'
import type { Exclusion, RequestFacts } from './exclude.js'
import type { ResolvedLimit, SessionLimit } from './limit-options.js'
import type { ClearedData } from './option-checks.js'
import type { TransportOption } from './transport.js'

/** The default of {@link CleanupOptions}. */
export const defaultCleanup = { interval: '15m', batch: 200 } as const

/** When expired rows are removed. */
export interface CleanupOptions {
  /**
   * The mean time between two runs, at most 14 days. Each pause is up to a quarter shorter or longer, so that several
   * processes do not run at the same moment.
   *
   * @default '15m'
   */
  readonly interval?: Duration
  /**
   * The most rows that one statement removes: 1 to 10000. Other statements wait longer for a larger one.
   *
   * @default 200
   */
  readonly batch?: number
}

/** When `lastSeenAt` is written. */
export interface LastSeenOptions {
  /**
   * The time after which a request that only reads writes `lastSeenAt` again: 0 for each request, or at most 14 days. A
   * request that writes or renews the session always writes it, in the same statement.
   *
   * @default '1m'
   */
  readonly every?: Duration
}

/** The place of sessions: either the `model` that `registerSessionModel` returned, or a `backend`. */
export type SessionPlace<Columns extends object = object> =
  | { readonly model: RegisteredModel<Columns>; readonly backend?: never }
  | { readonly model?: never; readonly backend: SessionBackend<Columns> }

/** The options of `session()` and `SessionManager`: either `model` or `backend`, and the options with defaults. */
export type SessionOptions<Columns extends object = object> = SessionPlace<Columns> & SessionPolicy<Columns>

/** How a request ended. */
export interface RequestOutcome {
  /** The HTTP status of the response. */
  readonly status: number
  /** The error that a middleware threw; `undefined` if none did. */
  readonly error: unknown
}

/** The options that have defaults. */
export interface SessionPolicy<Columns extends object = object> {
  /**
   * The name of the cookie.
   *
   * @default 'sid'
   */
  readonly key?: string
  /**
   * The name of the session on `ctx`.
   *
   * @default 'session'
   */
  readonly property?: string
  /**
   * How long a session lives after its last use (idle timeout): milliseconds, or text such as `'30m'`.
   *
   * @default '14d'
   * @see https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration
   */
  readonly maxAge?: Duration
  /**
   * Whether use renews a session: reading and writing (`true`), or writing only (`'writes'`). With `false` it expires `maxAge`
   * after it began, or after the last `touch()`, `regenerate()` or change of its own `maxAge`.
   *
   * @default true
   */
  readonly rolling?: boolean | 'writes'
  /**
   * The fraction of `maxAge` (0 to 1) that must have passed before using a session, by reading or writing, renews it. With 0 each
   * use renews it, and with 1 none does.
   *
   * @default 0.1
   */
  readonly touchAfter?: number
  /** When a use of a session is noted in the column `lastSeenAt` of the model. Needs that column. */
  readonly lastSeen?: LastSeenOptions
  /**
   * How long a session lives at most, used or not: milliseconds, or text. Needs the column `createdAt`. Without it there is
   * no limit.
   *
   * @see https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration
   */
  readonly absoluteTimeout?: Duration
  /**
   * How long a replaced id still leads parallel requests to the session: 0, or up to 10 minutes.
   *
   * @default '10s'
   */
  readonly grace?: Duration
  /**
   * How long one operation of a session may wait for the database, for a connection of the pool or for other requests, all
   * attempts included: at most 14 days. Then it fails with `BACKEND_TIMEOUT`.
   *
   * @default '10s'
   */
  readonly timeout?: Duration
  /**
   * When the session is read: before the next middleware (`'eager'`), or at `await ctx.session.load()` (`'lazy'`).
   *
   * @default 'eager'
   */
  readonly load?: 'eager' | 'lazy'
  /** Requests that get no session. Without it every request gets one. */
  readonly exclude?: Exclusion | readonly Exclusion[]
  /** Whether to keep the changes of a request that ended like this. By default only if the status is below 500. */
  readonly keepChanges?: (outcome: RequestOutcome) => boolean
  /**
   * Whether a request that changed its session fails with `SESSION_GONE` if the session was ended in between (`'throw'`), or
   * not (`'ignore'`). Its changes are dropped in both cases.
   *
   * @default 'ignore'
   */
  readonly onGone?: 'ignore' | 'throw'
  /** How many sessions a user may have at a time. Needs the column `version`. Without it there is no limit. */
  readonly limit?: SessionLimit<Columns>
  /** The attributes of the cookie. */
  readonly cookie?: SessionCookieOptions
  /**
   * How the id travels: in the cookie, by `bearer()`, by a transport of your own, or by a list of them. The first of a list
   * that finds an id decides. A request with two different ids fails with `TRANSPORT_CONFLICT`.
   *
   * @default 'cookie'
   * @see docs/transports.md
   */
  readonly transport?: TransportOption | readonly TransportOption[]
  /**
   * The signed cookie of the package that kept the sessions of this table before: users who have one stay logged in. Or a
   * function that returns the id of the old row. Without it, no other cookie is read.
   *
   * @see docs/migrate.md
   */
  readonly adopt?: OldCookie | AdoptFunction
  /**
   * The data that the browser is told to remove when a session ends, by the header `Clear-Site-Data`. `true` stands for
   * `['cache', 'storage']`.
   *
   * @default false
   * @see https://www.w3.org/TR/clear-site-data/
   */
  readonly clearSiteData?: boolean | readonly ClearedData[]
  /**
   * Keys of 32 random bytes each. The first one encrypts the data of sessions; all of them decrypt it. Without keys the data
   * is stored as plain text.
   */
  readonly encryptionKeys?: readonly EncryptionKey[]
  /**
   * The most data that a session may have, in bytes of UTF-8: at most 2 GiB. Storing more fails with `DATA_TOO_LARGE`.
   *
   * @default 1048576 (1 MiB)
   */
  readonly maxDataBytes?: number
  /**
   * A secret of at least 16 characters, which makes the names of sessions in events. Give all processes the same secret, so
   * that their names agree. Without it, each manager has a random one.
   */
  readonly auditKey?: string
  /**
   * The number of random bytes in an id: 16 to 64.
   *
   * @default 32
   * @see https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x16-V7-Session-Management.md
   */
  readonly idBytes?: number
  /**
   * Whether the table holds the SHA-256 of an id instead of the id, so that its readers cannot open a session. `'migrate'` also
   * finds older rows, which hold the id itself, and gives each a new, hashed id when it is used.
   *
   * @default true
   */
  readonly hashIds?: HashIds
  /** Turns the data of a session into text and back. By default JSON, which refuses values that it would lose. */
  readonly serializer?: Serializer
  /** Functions, by property, that decide its value if two requests changed it at the same time. By default the later commit wins. */
  readonly merge?: Readonly<Record<string, MergeFunction>>
  /** When expired rows are removed; `false` for never. By default every 15 minutes. */
  readonly cleanup?: false | CleanupOptions
  /** The clock, in milliseconds since 1970. By default that of the model or backend, else `Date.now`. */
  readonly now?: () => number
}

/** The options for the lifetime of sessions. Times are in milliseconds. */
export interface ResolvedTimes {
  readonly maxAge: number
  readonly rolling: boolean | 'writes'
  readonly touchAfter: number
  readonly absoluteTimeout: number | null
  /** `null` if the table does not keep `lastSeenAt`. */
  readonly lastSeen: Readonly<{ every: number }> | null
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
  readonly transport: readonly TransportOption[]
  readonly adopt: ResolvedAdopt | null
  readonly clearSiteData: readonly ClearedData[]
  /** The keys as bytes. Not enumerable, like `auditKey`: logging or serializing the options does not print them. */
  readonly encryptionKeys: readonly Uint8Array[]
  readonly maxDataBytes: number
  readonly auditKey: string
  readonly idBytes: number
  readonly hashIds: HashIds
  readonly serializer: Serializer
  readonly merge: Readonly<Record<string, MergeFunction>>
  readonly cleanup: Readonly<{ interval: number; batch: number }> | null
  readonly now: () => number
}
