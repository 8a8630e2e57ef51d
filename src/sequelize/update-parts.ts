import { fn, literal, type Model, type ModelStatic, Op, QueryTypes, type WhereOptions, where } from 'sequelize'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { apartFor } from './apart.js'
import { ColumnBinder } from './column-binder.js'
import { type Attribute, isMysql } from './columns.js'
import { aliveCondition } from './ended-rows.js'
import { generatorOf, instanceOf, type QueryGenerator } from './query-generator.js'

/** A guarded write of one row. */
export class Write {
  readonly id: string
  /** Ignored where the table has no versions. */
  readonly version: number | null
  readonly now: Date
  /** What is written, by property. */
  readonly record: RowRecord

  constructor(id: string, version: number | null, now: Date, record: RowRecord) {
    this.id = id
    this.version = version
    this.now = now
    this.record = record
  }
}

/** What a statement depends on, besides its values. */
export function shapeOf({ version, record }: Write): string {
  return `${version === null}\n${Object.keys(record).join()}`
}

/** A value of the statement: the column that it is for, and how it comes from a write. */
export interface Value {
  readonly column: string
  /** What the driver gets; `undefined` where the ORM's own way must be taken. */
  bind(write: Write): unknown
}

/** Takes one value from a write. */
type Source = (write: Write) => unknown

/** The parts of an update for all writes of a shape, with places for its values. */
export class UpdateParts {
  readonly values: Value[] = []
  /** The statement up to its condition. */
  readonly set: string
  /** The whole statement. */
  readonly sql: string
  readonly #model: ModelStatic<Model>
  readonly #generator: QueryGenerator
  readonly #place: (index: number, column: string) => string

  /** From any write of the shape. `place` gives the SQL for the value with this number, which is for this column. */
  constructor(
    model: ModelStatic<Model>,
    table: SessionTable,
    example: Write,
    place: (index: number, column: string) => string,
  ) {
    this.#model = model
    this.#generator = generatorOf(model)
    this.#place = place
    const names = Object.keys(example.record)
    const set = names.map((name) => [this.#column(name), this.#value(name, ({ record }) => record[name])])
    const guard = this.#guard(table, example)
    const values = { ...Object.fromEntries(set), ...this.#kept(table, example) }
    this.set = this.#query(values, {}).trim()
    this.sql = this.#query(values, guard)
  }

  /** The columns that stay as they are, which the database might move otherwise. */
  #kept(table: SessionTable, { record }: Write): Record<string, unknown> {
    const kept = Object.entries(keptValues(this.#model, table, record))
    return Object.fromEntries(kept.map(([property, value]) => [this.#column(property), value]))
  }

  /** The row, and the guard. */
  #guard(table: SessionTable, { version }: Write): WhereOptions {
    const compare = (property: string, operator: symbol, source: Source): WhereOptions => ({
      [this.#column(property)]: { [operator]: this.#value(property, source) },
    })
    const conditions = [
      aliveCondition(this.#model),
      compare(table.id, Op.eq, ({ id }) => id),
      this.#exactId(table.id),
      table.version !== undefined &&
        (version === null ? { [this.#column(table.version)]: null } : compare(table.version, Op.eq, versionOf)),
      compare(table.expires, Op.gt, ({ now }) => table.moment(now)),
    ]
    return { [Op.and]: conditions.filter(Boolean) } as WhereOptions
  }

  /** MySQL and MariaDB take two ids that differ only in blanks at the end for equal. */
  #exactId(property: string): unknown {
    if (!isMysql(instanceOf(this.#model).getDialect())) return undefined
    const place = this.#add(property, ({ id }) => `${id}.`)
    const column = literal(this.#generator.quoteIdentifier(this.#column(property))) // col() takes a dot for a table's
    return where(fn('CONCAT', column, '.'), Op.eq as never, place as never)
  }

  #value(property: string, source: Source): ReturnType<typeof literal> {
    const binder = new ColumnBinder(this.#generator, this.#attribute(property))
    return this.#add(property, (write) => binder.bind(source(write)))
  }

  #add(property: string, bind: Value['bind']): ReturnType<typeof literal> {
    const column = this.#column(property)
    this.values.push({ column, bind })
    return literal(this.#place(this.values.length - 1, column))
  }

  #query(values: object, guard: WhereOptions): string {
    const model = this.#model
    const bindParam = (value: unknown): string => this.#generator.escape(value)
    const options = { ...apartFor(model), bindParam, type: QueryTypes.BULKUPDATE, model }
    return this.#generator.updateQuery(model.getTableName(), values, guard, options, model.getAttributes()).query
  }

  #column(property: string): string {
    return this.#attribute(property).field ?? property
  }

  #attribute(property: string): Attribute {
    return this.#model.getAttributes()[property] as Attribute
  }
}

const versionOf: Source = ({ version }) => version

/** The properties that an update of this must write as they are, or MySQL may move them. */
export function keptValues(model: ModelStatic<Model>, table: SessionTable, record: RowRecord): RowRecord {
  const kept: RowRecord = {}
  for (const property of table.moving) {
    const { field = property } = model.getAttributes()[property] as Attribute
    if (!(property in record)) kept[property] = literal(generatorOf(model).quoteIdentifier(field))
  }
  return kept
}
