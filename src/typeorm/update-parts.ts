import { type DataSource, type FindOperator, IsNull, type ObjectLiteral, Raw, type UpdateQueryBuilder } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { isMysql } from './columns.js'

/** A guarded write of one row. */
export interface Write {
  readonly id: string
  /** Ignored where the table has no versions. */
  readonly version: number | null
  readonly now: Date
  /** What is written, by property. */
  readonly record: RowRecord
  /** SQL that is written, by property. */
  readonly fixed: Readonly<Record<string, () => string>>
}

/** What a statement depends on, besides its parameters. */
export function shapeOf({ version, record, fixed }: Write): string {
  return `${version === null}\n${Object.keys(record).join()}\n${Object.keys(fixed).join()}`
}

/** Takes one value from a write. */
export type Source = (write: Write) => unknown

/** Gives the SQL for a value that the column of this property is set to, or compared with. */
export type Place = (source: Source, property: string) => string

/** The parts of an update, with places for its values. */
export class UpdateParts {
  readonly #dataSource: DataSource
  readonly #entity: Constructor
  readonly #place: Place

  constructor(dataSource: DataSource, entity: Constructor, place: Place) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#place = place
  }

  /** What is set. */
  update({ record, fixed }: Write): UpdateQueryBuilder<ObjectLiteral> {
    const values = Object.keys(record).map((property) => {
      const place = this.#place((write) => this.#prepare(property, write.record[property]), property)
      return [property, () => place]
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
      [table.id]: this.#idIs(table.id),
      [table.expires]: this.#compare('>', ({ now }) => table.moment(now), table.expires),
      ...(deleteDateColumn && { [deleteDateColumn.propertyName]: IsNull() }),
      ...(table.version !== undefined && this.#versionIs(table.version, version)),
    }
  }

  #versionIs(property: string, version: number | null): ObjectLiteral {
    if (version === null) return { [property]: IsNull() }
    return { [property]: this.#compare('=', (write) => this.#prepare(property, write.version), property) }
  }

  /** MySQL and MariaDB take two ids that differ only in blanks at the end for equal. */
  #idIs(property: string): FindOperator<unknown> {
    const id: Source = (write) => this.#prepare(property, write.id)
    if (!isMysql(this.#dataSource.options.type)) return this.#compare('=', id, property)
    const [same, exact] = [this.#place(id, property), this.#place((write) => `${id(write)}.`, property)]
    return Raw((column) => `(${column} = ${same} AND CONCAT(${column}, '.') = ${exact})`)
  }

  #compare(operator: string, source: Source, property: string): FindOperator<unknown> {
    const place = this.#place(source, property)
    return Raw((column) => `${column} ${operator} ${place}`)
  }

  #prepare(property: string, value: unknown): unknown {
    const column = this.#dataSource.getMetadata(this.#entity).findColumnWithPropertyName(property)
    return column ? this.#dataSource.driver.preparePersistentValue(value, column) : value
  }
}
