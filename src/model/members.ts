import { SessionError } from '../core/errors.js'
import { mappingOf } from './mapping.js'
import type { AbstractConstructor } from './metadata.js'

/** The members that a session model has on each row. The columns can have other names in the database. */
export interface SessionRowMembers {
  /** The key of the row: the SHA-256 of the cookie's id, as hex; the id itself with `hashIds: false`. */
  id: string
  /** The session's properties that are no columns, serialized, and encrypted if the option `encryptionKeys` is set. */
  data: string
  /** The moment from which the session is expired. */
  expires: Date
  /** When the session began. */
  createdAt: Date
  /** The version for optimistic locking. Each update adds one. */
  version: number
  /** When the session was last used; `null` if that is not known. Only if the model keeps it: see `@SessionModel({ columns })`. */
  lastSeenAt?: Date | null
  /**
   * Whether the session is expired now, by the clock of the model. Never stored.
   * @throws `MODEL_NOT_REGISTERED` before `registerSessionModel`, and `DATA_CORRUPT` if `expires` cannot be read.
   */
  readonly expired: boolean
  /** Whether the session is not expired now. Throws as `expired` does. */
  readonly active: boolean
}

/**
 * The conditions that a session model has on the class. Each access gives a fresh one of the ORM's own kind, for the
 * current time. They throw `MODEL_NOT_REGISTERED` before `registerSessionModel`.
 */
export interface SessionModelMembers<Condition = unknown> {
  /** Matches the rows that are expired now. */
  readonly expired: Condition
  /** Matches the rows that are not expired now. */
  readonly active: Condition
}

const rowGetters = {
  expired(this: object): boolean {
    return mappingOf(this.constructor).isExpired(this)
  },
  active(this: object): boolean {
    return !mappingOf(this.constructor).isExpired(this)
  },
}

const classGetters = {
  expired(this: object): unknown {
    return mappingOf(this).condition(true)
  },
  active(this: object): unknown {
    return mappingOf(this).condition(false)
  },
}

/** Adds `expired` and `active` to the rows and to the class, as accessors: nothing is stored. */
export function addMembers(model: AbstractConstructor): void {
  for (const name of ['expired', 'active'] as const) {
    define(model.prototype, name, rowGetters[name])
    define(model, name, classGetters[name])
  }
}

/** Throws `COLUMN_SHADOWED` if a class field of the model hides `expired` or `active`. */
export function assertUnshadowed(row: object): void {
  for (const name of ['expired', 'active']) {
    if (Object.hasOwn(row, name)) throw shadowed(name)
  }
}

/** The error for a class field that hides what the model maps. */
export function shadowed(name: string): SessionError {
  return new SessionError(
    'COLUMN_SHADOWED',
    `The class field '${name}' hides the member that the model maps under this name. Write 'declare ${name}: …' instead of '${name}!: …'.`,
  )
}

function define(target: object, name: string, get: () => unknown): void {
  const existing = Object.getOwnPropertyDescriptor(target, name)
  if (existing && existing.get !== get) {
    throw new SessionError(
      'COLUMN_RESERVED',
      `The model has a member '${name}' of its own, a name that @SessionModel() uses. Give yours another name.`,
    )
  }
  Object.defineProperty(target, name, { get, configurable: true, enumerable: false })
}
