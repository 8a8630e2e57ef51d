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
    const moment = value.getTime()
    if (moment === this.#moment) return this.#bound
    let bound: unknown = sameSecond(this.#moment, this.#bound, moment)
    if (bound === undefined && this.#isPlain(value)) bound = this.#format(value)
    this.#bound = bound
    this.#moment = bound === undefined ? undefined : moment
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

/** The place of the milliseconds in `2026-11-28 23:41:07.123`, and so on. */
const [fraction, end] = [20, 23]

/**
 * The text for a moment in the same second as the one that `text` is for: only the milliseconds differ, in any time zone.
 * Sequelize formats a date for a time longer than the rest of a value takes. `undefined` if the text has another form.
 */
function sameSecond(before: number | undefined, text: unknown, moment: number): string | undefined {
  if (before === undefined || Math.floor(before / 1000) !== Math.floor(moment / 1000)) return undefined
  if (typeof text !== 'string' || text[fraction - 1] !== '.' || text.slice(fraction, end) !== millisecondsOf(before))
    return
  return text.slice(0, fraction) + millisecondsOf(moment) + text.slice(end)
}

function millisecondsOf(moment: number): string {
  return String(((moment % 1000) + 1000) % 1000).padStart(3, '0')
}
