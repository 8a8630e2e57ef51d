import { randomUUID } from 'node:crypto'
import { DataTypes, type Model, type ModelStatic, Utils } from 'sequelize'
import type { SessionColumn } from '../core/backend/session-backend.js'
import { type Constant, type SqlDefault, sqlDefault } from '../model/sql-default.js'
import { isMysql } from './column-types.js'
import { driverValue, isJson, type NormalizedType, typeOf } from './driver-values.js'
import { instanceOf } from './query-generator.js'

/** The members of an attribute that are used, once Sequelize has normalized it. */
interface NormalizedAttribute {
  readonly type: NormalizedType
  readonly defaultValue?: unknown
  readonly allowNull?: boolean
  readonly get?: unknown
}

/** The objects that `literal()` and `fn()` of Sequelize return. */
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
  /** The value of the column's default, if every session has the same one and it cannot be changed. */
  #constant: { readonly value: unknown } | undefined

  constructor(model: ModelStatic<Model>, name: string) {
    this.#model = model
    this.name = name
  }

  /**
   * The value in a new session, as the model's getter reads it again. Defaults are made anew for each row, functions too,
   * with the application's clock.
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

  /** The value that the row holds; `undefined` if only the database knows it. */
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

  /** The moment, rounded down to a step of the column. */
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

/** Whether the default is a data type that stands for a generated value, such as `UUIDV4`. */
function isGenerator(value: unknown): value is { readonly key: string } {
  return [DataTypes.NOW, DataTypes.UUIDV1, DataTypes.UUIDV4].some((type) => value instanceof (type as never))
}

/** The text of a date without a time, as Sequelize makes it from a `Date`. */
function localDate(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 10)
}
