import { type Attribute, columnTraits } from './column-types.js'
import type { QueryGenerator } from './query-generator.js'

/** Stands for a value where it is seen what a data type makes of it. */
const place = '$value'

/** Makes of a column's values what the driver gets, as an update of Sequelize does. */
export class ColumnBinder {
  readonly #generator: QueryGenerator
  readonly #attribute: Attribute
  readonly #isText: boolean
  #bound: unknown
  /** The moment that the value which was bound last is, if it is one. Many requests write the same one. */
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
   * `undefined` where Sequelize would do more with the value than hand it over: convert or refuse it first, or put SQL
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

  /** Text columns refuse objects. What a type sanitizes it takes only as it is then. */
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
      return undefined // Sequelize refuses the value, and tells why when it is asked itself
    }
  }
}
