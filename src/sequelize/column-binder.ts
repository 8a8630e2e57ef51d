import { type Attribute, columnTraits } from './column-types.js'
import type { QueryGenerator } from './query-generator.js'

/** The placeholder that shows whether a data type puts SQL around a value. */
const place = '$value'

/** Converts a column's values to parameters for the driver, as an update of Sequelize does. */
export class ColumnBinder {
  readonly #generator: QueryGenerator
  readonly #attribute: Attribute
  readonly #isText: boolean
  #bound: unknown
  /** The moment of the last value, if it was a date: many requests write the same one. */
  #moment: number | undefined
  readonly #bind = (value: unknown): string => {
    this.#bound = value
    return place
  }

  constructor(generator: QueryGenerator, attribute: Attribute) {
    this.#generator = generator
    this.#attribute = attribute
    this.#isText = columnTraits(attribute).text
  }

  /**
   * The parameter for a value; `undefined` if Sequelize would do more than pass it on: convert it, refuse it, or put SQL
   * around it.
   */
  bind(value: unknown): unknown {
    if (value === null) return this.#attribute.allowNull === false ? undefined : null
    if (!(value instanceof Date)) return this.#isPlain(value) ? this.#format(value) : undefined
    if (value.getTime() === this.#moment) return this.#bound
    const bound = this.#isPlain(value) ? this.#format(value) : undefined
    this.#moment = bound === undefined ? undefined : value.getTime()
    return bound
  }

  /** Whether Sequelize passes the value on unchanged. Text columns refuse objects; some types sanitize values. */
  #isPlain(value: unknown): boolean {
    if (value === undefined || (this.#isText && typeof value === 'object' && !Buffer.isBuffer(value))) return false
    const { type } = this.#attribute as { type: { _sanitize?: (value: unknown) => unknown } }
    return type._sanitize === undefined || type._sanitize(value) === value
  }

  #format(value: unknown): unknown {
    this.#moment = undefined
    try {
      const sql = this.#generator.format(value, this.#attribute, { context: 'UPDATE' }, this.#bind)
      return sql === place ? this.#bound : undefined
    } catch {
      return undefined // Sequelize refuses the value: its own update will report why
    }
  }
}
