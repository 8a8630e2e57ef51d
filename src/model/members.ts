import { SessionError } from '../core/errors.js'
import { mappingOf } from './mapping.js'
import type { AbstractConstructor } from './metadata.js'

/** The members that a session model has on each row. */
export interface SessionRowMembers {
  /** What the row is found by: the SHA-256 of the cookie's id, as hex; the id itself with `hashIds: false`. */
  id: string
  /** What the session holds besides its columns, serialized. */
  data: string
  /** The moment from which the session is expired. */
  expires: Date
  /** When the session began. */
  createdAt: Date
  /** Grows by one with each update. */
  version: number
  /** Whether the session is expired now. */
  readonly expired: boolean
  /** Whether the session is not expired now. */
  readonly active: boolean
}

/** The members that a session model has on the class: fresh conditions of the ORM's own kind. */
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

/** Throws if a class field of the model hides an accessor that every row must have. */
export function refuseShadowing(row: object): void {
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
