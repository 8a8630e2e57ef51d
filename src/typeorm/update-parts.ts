import { type DataSource, type FindOperator, IsNull, type ObjectLiteral, Raw, type UpdateQueryBuilder } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { isMysql } from './columns.js'
import { parameterOf } from './parameters.js'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/** SQL that is written, by property. */
export type Fixed = Readonly<Record<string, () => string>>

/** A guarded write of one row. */
export class Write {
  readonly id: string
  /** Ignored where the table has no versions. */
  readonly version: number | null
  readonly now: Date
  /** What is written, by property. */
  readonly record: RowRecord
  readonly fixed: Fixed
  /** What a statement depends on, besides its parameters. */
  readonly shape: string

  constructor(id: string, version: number | null, now: Date, record: RowRecord, fixed: Fixed) {
    this.id = id
    this.version = version
    this.now = now
    this.record = record
    this.fixed = fixed
    let shape = version === null ? 'null' : ''
    for (const property in record) shape += `\n${property}`
    for (const property in fixed) shape += `\n\n${property}`
    this.shape = shape
  }
}

/** Takes one value from a write. */
export type Source = (write: Write) => unknown

/** Gives the SQL for a value that this column is set to, or compared with. */
export type Place = (source: Source, column: ColumnMetadata) => string

/** The parts of an update, with places for its values. */
export class UpdateParts {
  readonly #dataSource: DataSource
  readonly #entity: Constructor
  readonly #place: Place
  readonly #parameterOf: (value: unknown) => unknown

  constructor(dataSource: DataSource, entity: Constructor, place: Place) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#place = place
    this.#parameterOf = parameterOf(dataSource)
  }

  /** What is set. */
  update({ record, fixed }: Write): UpdateQueryBuilder<ObjectLiteral> {
    const values = Object.keys(record).map((property) => {
      const column = this.#column(property)
      const place = this.#place(
        this.#prepared(column, ({ record }) => record[property]),
        column,
      )
      return [property, () => this.#asJson(place, column)]
    })
    return this.#dataSource
      .createQueryBuilder()
      .update(this.#entity as Constructor<ObjectLiteral>)
      .set({ ...Object.fromEntries(values), ...fixed })
      .updateEntity(false)
  }

  /** The row, and the guard. */
  where(table: SessionTable, { version }: Write): ObjectLiteral {
    const { deleteDateColumn } = this.#dataSource.getMetadata(this.#entity)
    return {
      [table.id]: this.#idIs(this.#column(table.id)),
      [table.expires]: this.#compare('>', ({ now }) => this.#parameterOf(table.moment(now)), table.expires),
      ...(deleteDateColumn && { [deleteDateColumn.propertyName]: IsNull() }),
      ...(table.version !== undefined && this.#versionIs(table.version, version)),
    }
  }

  #versionIs(property: string, version: number | null): ObjectLiteral {
    if (version === null) return { [property]: IsNull() }
    const source = this.#prepared(this.#column(property), (write) => write.version)
    return { [property]: this.#compare('=', source, property) }
  }

  /** MySQL and MariaDB take two ids that differ only in blanks at the end for equal. */
  #idIs(column: ColumnMetadata): FindOperator<unknown> {
    const id = this.#prepared(column, (write) => write.id)
    if (!isMysql(this.#dataSource.options.type)) return this.#compare('=', id, column.propertyName)
    const [same, exact] = [this.#place(id, column), this.#place((write) => `${id(write)}.`, column)]
    return Raw((name) => `(${name} = ${same} AND CONCAT(${name}, '.') = ${exact})`)
  }

  #compare(operator: string, source: Source, property: string): FindOperator<unknown> {
    const place = this.#place(source, this.#column(property))
    return Raw((name) => `${name} ${operator} ${place}`)
  }

  #column(property: string): ColumnMetadata {
    return this.#dataSource.getMetadata(this.#entity).findColumnWithPropertyName(property) as ColumnMetadata
  }

  /** The value as the column holds it. */
  #prepared(column: ColumnMetadata, value: Source): Source {
    const { driver } = this.#dataSource
    return (write) => this.#parameterOf(driver.preparePersistentValue(value(write), column))
  }

  /** TypeORM 1 has SQLite check JSON. */
  #asJson(place: string, column: ColumnMetadata): string {
    const { wrapWithJsonFunction } = this.#dataSource.driver as {
      wrapWithJsonFunction?: (sql: string, column: ColumnMetadata, binary: boolean) => string
    }
    return wrapWithJsonFunction?.call(this.#dataSource.driver, place, column, true) ?? place
  }
}
