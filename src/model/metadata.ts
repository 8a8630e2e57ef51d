import 'reflect-metadata'
import { SessionError } from '../core/errors.js'
import { assertKnown } from '../core/options/unknown-options.js'
import { invalidOption, shown } from '../core/validation.js'
import { columnHints, modelHints } from './model-hints.js'
import { notDecorated } from './not-decorated.js'
import { commentTakes, commentText, isComment } from './statement-comment.js'

/** The managed columns, by their property: those that this package adds to a model and writes. */
export type ManagedColumn = 'id' | 'data' | 'expires' | 'createdAt' | 'version' | 'lastSeenAt'

/** The storage of one managed column. Each member has a default. */
export interface ManagedColumnOptions {
  /** The name of the column in the database. Default: the name of the property. */
  readonly name?: string
  /** The column's type as your ORM takes it: `'bigint'` (TypeORM), `DataType.DATE` (Sequelize). Default: by database. */
  readonly type?: unknown
  /** The length of the `id` column, in characters. Default 128. A hashed id has 64. */
  readonly length?: number
  /**
   * The unit of `expires`, `createdAt` or `lastSeenAt` in a column of whole numbers, since 1970: `'seconds'` for the tables of other
   * packages. Default: `'milliseconds'`. Seconds take an integer of 32 bits too; sessions then end up to a second early.
   */
  readonly unit?: DateUnit
}

/** The unit of a date in a column of whole numbers. */
export type DateUnit = 'seconds' | 'milliseconds'

/** Options of {@link SessionModel}. An unknown or invalid one throws `OPTION_UNKNOWN` or `OPTION_INVALID`. */
export interface SessionModelOptions {
  /** The name of the table. Default: the name that your ORM derives from the class. */
  readonly tableName?: string
  /**
   * Names and types of the managed columns, to use an existing table. Default: each has the name of its property.
   *
   * `false` leaves out `createdAt` (then there is no absolute timeout) or `version` (then parallel writers can overwrite
   * each other).
   *
   * `lastSeenAt` is different: sessions use it only if the model declares a column of this name, or if it is given here.
   * `true` adds it under its own name. With `false` sessions have none, and the name stays reserved.
   */
  readonly columns?: {
    readonly id?: string | ManagedColumnOptions
    readonly data?: string | ManagedColumnOptions
    readonly expires?: string | ManagedColumnOptions
    readonly createdAt?: string | ManagedColumnOptions | false
    readonly version?: string | ManagedColumnOptions | false
    readonly lastSeenAt?: string | ManagedColumnOptions | boolean
  }
  /**
   * The text of a comment that every statement for sessions begins with, after the first `/*` and before the end: proxies
   * and poolers route by it, and tracing shows it. Default: none.
   *
   * `'NO LOAD BALANCE'` lets pgpool-II send the statement to the primary. Printable ASCII. With TypeORM, SQLite gets none.
   * @throws `OPTION_INVALID` for a text that would end the comment, or that a driver would replace.
   * @see https://www.pgpool.net/docs/latest/en/html/runtime-config-load-balancing.html
   * @see https://google.github.io/sqlcommenter/spec/
   */
  readonly statementComment?: string
  /** The clock of `expired`, `active` and a `session()` on this model, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** A managed column with its options completed, before the ORM maps it. */
export interface ManagedColumnSpec {
  readonly role: ManagedColumn
  readonly name: string
  readonly type: unknown
  readonly length: number | undefined
  readonly unit: DateUnit | undefined
  /** Whether the column is added if the model does not declare it. If not, only a declared one serves. */
  readonly isWanted: boolean
}

/** The record of `@SessionModel()`: complete, checked and frozen. */
export interface SessionModelMetadata {
  /** The class that was decorated. */
  readonly owner: AbstractConstructor
  readonly tableName: string | undefined
  /** The managed columns, without those that `columns` sets to `false`. */
  readonly columns: readonly ManagedColumnSpec[]
  readonly now: (() => number) | undefined
  /** What stands before each statement: a comment and a blank, or nothing. */
  readonly comment: string
}

/** A class that can be constructed, with any arguments. */
// biome-ignore lint/suspicious/noExplicitAny: a mixin's base must take any arguments, which TypeScript writes as any[]
export type Constructor<T = object> = new (...args: any[]) => T

/** A class that may be abstract. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AbstractConstructor<T = object> = abstract new (...args: any[]) => T

const metadataKey = 'koa-session-model:model'
const roles: readonly ManagedColumn[] = ['id', 'data', 'expires', 'createdAt', 'version', 'lastSeenAt']

/** Checks the options of `@SessionModel()` and records them on the class. A subclass has its own record. */
export function recordMetadata(model: AbstractConstructor, options: SessionModelOptions): void {
  assertKnown('@SessionModel()', options, ['tableName', 'columns', 'now', 'statementComment'], modelHints)
  assertKnown('@SessionModel() columns', options.columns ?? {}, roles, columnHints)
  const { tableName, now, statementComment } = options
  if (tableName !== undefined && !isName(tableName)) throw invalidModelOption('tableName', tableName, 'a name')
  if (now !== undefined && typeof now !== 'function')
    throw invalidModelOption('now', now, 'a function that returns milliseconds')
  if (statementComment !== undefined && !isComment(statementComment))
    throw invalidModelOption('statementComment', statementComment, commentTakes)
  const columns = roles.flatMap((role) => toSpec(role, options.columns?.[role]) ?? [])
  assertDistinct(columns)
  Reflect.defineMetadata(
    metadataKey,
    Object.freeze({
      owner: model,
      tableName,
      columns: Object.freeze(columns),
      now,
      comment: commentText(statementComment),
    }),
    model,
  )
}

/**
 * The record of the class or of its nearest decorated superclass. Throws `MODEL_NOT_DECORATED` if there is none.
 * @param registry The other argument of the caller, to tell whether the two were swapped.
 */
export function metadataOf(model: unknown, registry?: unknown): SessionModelMetadata {
  const metadata = typeof model === 'function' ? Reflect.getMetadata(metadataKey, model) : undefined
  if (metadata) return metadata
  throw notDecorated(model, registry)
}

/** Whether the class has a record of `@SessionModel()`, its own or inherited. */
export function hasMetadata(model: object): boolean {
  return Reflect.hasMetadata(metadataKey, model)
}

function toSpec(
  role: ManagedColumn,
  option: string | boolean | ManagedColumnOptions | undefined,
): ManagedColumnSpec | undefined {
  if (option === false) {
    if (role === 'createdAt' || role === 'version' || role === 'lastSeenAt') return undefined
    throw invalidModelOption(`columns.${role}`, option, 'a name or options: a session cannot do without this column')
  }
  const isFlag = role === 'lastSeenAt' && option === true
  if (option === true && !isFlag) throw invalidModelOption(`columns.${role}`, option, 'a name or options')
  const options = typeof option === 'string' ? { name: option } : isFlag ? {} : ((option ?? {}) as ManagedColumnOptions)
  assertKnown(`@SessionModel() columns.${role}`, options, ['name', 'type', 'length', 'unit'])
  const { name = role, type, length, unit } = options
  if (!isName(name)) throw invalidModelOption(`columns.${role}.name`, name, 'the name of a column')
  if (length !== undefined && (role !== 'id' || !Number.isInteger(length) || length < 1)) {
    throw invalidModelOption(`columns.${role}.length`, length, 'a whole number, and only for id')
  }
  if (unit !== undefined && !(isDate(role) && (unit === 'seconds' || unit === 'milliseconds')))
    throw invalidModelOption(
      `columns.${role}.unit`,
      unit,
      "'seconds' or 'milliseconds', and only for expires, createdAt and lastSeenAt",
    )
  const isWanted = role !== 'lastSeenAt' || option !== undefined
  return Object.freeze({ role, name, type, length, unit, isWanted })
}

/** Whether the managed column holds a moment. */
export function isDate(role: ManagedColumn): boolean {
  return role === 'expires' || role === 'createdAt' || role === 'lastSeenAt'
}

function assertDistinct(columns: readonly ManagedColumnSpec[]): void {
  const names = columns.map((column) => column.name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw duplicateColumn(twice)
}

/** The error for two properties that would share a column. */
export function duplicateColumn(name: string): SessionError {
  return new SessionError(
    'COLUMN_DUPLICATE',
    `Two columns of the model have the name '${name}', or names that are one to the database. Rename one of them, for instance with @SessionModel({ columns: … }).`,
  )
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function invalidModelOption(option: string, is: unknown, takes: string): SessionError {
  return invalidOption(`${option} of @SessionModel()`, shown(is), takes)
}
