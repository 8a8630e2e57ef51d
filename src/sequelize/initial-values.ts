import { randomUUID } from 'node:crypto'
import { DataTypes, type Model, type ModelStatic, Utils } from 'sequelize'
import type { SessionColumn } from '../core/backend/session-backend.js'
import { type Constant, type SqlDefault, sqlDefault } from '../model/sql-default.js'
import { isMysql } from './column-types.js'
import { driverValue, isJson, type NormalizedType, typeOf } from './driver-values.js'
import { instanceOf } from './query-generator.js'

/** What is used of an attribute, which Sequelize has normalized. */
interface NormalizedAttribute {
  readonly type: NormalizedType
  readonly defaultValue?: unknown
  readonly allowNull?: boolean
  readonly get?: unknown
}

/** What Sequelize makes of `literal()` and `fn()`. */
interface SqlMethod {
  readonly val?: unknown
  readonly fn?: string
  readonly args?: readonly unknown[]
}

/** A session property in a column of a Sequelize model. */
export class SequelizeColumn implements SessionColumn {
  readonly name: string
  readonly #model: ModelStatic<Model>
  #attribute: NormalizedAttribute | undefined
  /** What is in the column by its default, if that is the same in each session and cannot be changed. */
  #constant: { readonly value: unknown } | undefined

  constructor(model: ModelStatic<Model>, name: string) {
    this.#model = model
    this.name = name
  }

  /**
   * As it is read again, by the getter of the model. Sequelize makes a default for each row: so do functions, and the clock is
   * the app's.
   */
  initial(now: Date): unknown {
    const attribute = this.#model.getAttributes()[this.name] as unknown as NormalizedAttribute
    if (attribute !== this.#attribute) {
      this.#attribute = attribute
      this.#constant = undefined
    }
    if (this.#constant) return this.#constant.value
    const value = this.#read(attribute, now)
    const isFixed =
      !attribute.get && typeof attribute.defaultValue !== 'object' && typeof attribute.defaultValue !== 'function'
    if (isFixed) this.#constant = { value }
    return value
  }

  #read({ type, defaultValue, allowNull, get }: NormalizedAttribute, now: Date): unknown {
    const isNone = defaultValue === undefined
    if (isNone && allowNull === false) return undefined
    const value = isNone ? null : this.#stored(type, defaultValue, now)
    return value === undefined || !get ? value : this.#got(value)
  }

  /** What the row has; `undefined` where only the database knows it. */
  #stored(type: NormalizedType, given: unknown, now: Date): unknown {
    const sequelize = instanceOf(this.#model)
    const found = findDefault(type, given, isMysql(sequelize.getDialect()))
    if (!found) return undefined
    if ('constant' in found) return driverValue(sequelize, type, found.constant)
    if (found.generates === 'uuid') return driverValue(sequelize, type, randomUUID())
    if (type.key === 'DATEONLY' && found.generates !== 'time') return driverValue(sequelize, type, localDate(now))
    return type.key === 'DATE' && found.generates === 'now'
      ? driverValue(sequelize, type, this.#floored(type, now))
      : undefined
  }

  /** The moment as the column can hold it; not later than it is. */
  #floored(type: NormalizedType, now: Date): Date {
    const digits = isMysql(instanceOf(this.#model).getDialect()) ? (typeOf(type).precision ?? 0) : 3
    const step = 10 ** (3 - Math.min(digits, 3))
    return new Date(Math.floor(now.getTime() / step) * step)
  }

  #got(value: unknown): unknown {
    const row = this.#model.build()
    row.setDataValue(this.name as never, value as never)
    return row.get(this.name) ?? null
  }
}

function findDefault(type: NormalizedType, given: unknown, isMysql: boolean): SqlDefault | undefined {
  const value: unknown = isGenerator(given) ? given : Utils.toDefaultValue(given as never)
  if (isGenerator(value)) return { generates: value.key === 'NOW' ? 'now' : 'uuid' }
  if (value instanceof Utils.SequelizeMethod) return methodDefault(value as SqlMethod, isMysql)
  if (value === null) return { constant: null }
  if (isJson(type)) return { constant: JSON.stringify(value) }
  if (type.key === 'DATE' && !(value instanceof Date)) return dateDefault(value)
  if (type.key === 'DATEONLY' && value instanceof Date) return { constant: localDate(value) }
  return { constant: value as Constant }
}

function dateDefault(value: unknown): SqlDefault | undefined {
  const date = new Date(value as string)
  return Number.isNaN(date.getTime()) ? undefined : { constant: date }
}

function methodDefault({ val, fn, args = [] }: SqlMethod, backslashes: boolean): SqlDefault | undefined {
  const sql =
    typeof val === 'string' || typeof val === 'number' ? String(val) : fn && args.length === 0 ? `${fn}()` : undefined
  const found = sql === undefined ? undefined : sqlDefault(sql, { backslashes })
  if (!found || 'generates' in found || found.cast === undefined) return found
  return typeof found.constant === 'string' ? { constant: found.constant } : undefined
}

/** A type that stands for what Sequelize generates. */
function isGenerator(value: unknown): value is { readonly key: string } {
  return [DataTypes.NOW, DataTypes.UUIDV1, DataTypes.UUIDV4].some((type) => value instanceof (type as never))
}

/** As Sequelize makes it of a `Date`. */
function localDate(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 10)
}
