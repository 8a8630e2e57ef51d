import type { DataSource } from 'typeorm'
import { momentOfPostgresText } from '../model/moment-text.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { momentOf } from './raw-moment.js'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/** A column of the entity that sessions are read from. */
interface SelectedColumn {
  readonly metadata: ColumnMetadata
  /** The name of its value in a row that was found. */
  readonly alias: string
  /** Converts its value as the entity would. */
  read(value: unknown): unknown
}

/** The columns that a find of sessions selects, and how their values are read. */
export class SelectedColumns {
  readonly #dataSource: DataSource
  readonly #session: SessionTable
  readonly #columns: readonly SelectedColumn[]

  constructor(dataSource: DataSource, session: SessionTable, columns: readonly ColumnMetadata[]) {
    const names = new Set(session.properties)
    this.#dataSource = dataSource
    this.#session = session
    this.#columns = columns
      .filter(({ propertyPath }) => names.has(propertyPath))
      .map((metadata, index) => ({ metadata, alias: `c${index}`, read: this.#reader(metadata) }))
  }

  /** The alias of a column; `undefined` if sessions are not read from it. */
  aliasOf(metadata: ColumnMetadata): string | undefined {
    return this.#columns.find((column) => column.metadata === metadata)?.alias
  }

  /** The values of a row that was found, after the columns' own conversions. */
  recordOf(found: RowRecord): RowRecord {
    const record: RowRecord = {}
    for (const { metadata, alias, read } of this.#columns) record[metadata.propertyName] = read(found[alias])
    return record
  }

  /** Whether a find reads the column as text: a date whose text PostgreSQL makes, which the driver parses slowly. */
  isMomentText({ propertyPath, type, transformer }: ColumnMetadata): boolean {
    const isZoned = type === 'timestamptz' || type === 'timestamp with time zone'
    const isPostgres = this.#dataSource.options.type === 'postgres'
    return isPostgres && isZoned && !transformer && this.#session.dates.includes(propertyPath)
  }

  #reader(metadata: ColumnMetadata): (value: unknown) => unknown {
    const [source, session] = [this.#dataSource, this.#session]
    if (metadata.propertyName === session.json) return (value) => value
    if (this.isMomentText(metadata)) return (value) => (typeof value === 'string' ? momentOfPostgresText(value) : value)
    if (session.dates.includes(metadata.propertyPath)) return (value) => momentOf(source, value, metadata)
    return (value) => source.driver.prepareHydratedValue(value, metadata)
  }
}
