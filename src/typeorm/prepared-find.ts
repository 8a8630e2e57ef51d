import type { DataSource, EntityMetadata, ObjectLiteral, QueryRunner } from 'typeorm'
import type { SessionRow } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { momentOf } from './raw-moment.js'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/** Stands for the ids in the parameters of the statement. */
const marker = '\u0000ids'

/** How a database takes ids as one parameter. */
interface IdParameter {
  condition(property: string): string
  value(ids: readonly unknown[]): unknown
}

const single: IdParameter = { condition: (id) => `${id} = :session_ids`, value: ([id]) => id }

// Lists of any length as one parameter, so that one statement serves for any number of ids.
const inArray: IdParameter = { condition: (id) => `${id} = ANY(:session_ids)`, value: (ids) => ids }
/** The driver writes the values of an array one by one. */
const inList: IdParameter = { condition: (id) => `${id} IN (:session_ids)`, value: (ids) => ids }
const inJson: IdParameter = {
  condition: (id) => `${id} IN (SELECT value FROM json_each(:session_ids))`,
  value: (ids) => JSON.stringify(ids),
}

const listParameters: Partial<Record<DataSource['options']['type'] | 'sqlite', IdParameter>> = {
  postgres: inArray,
  mysql: inList,
  mariadb: inList,
  sqlite: inJson,
  'better-sqlite3': inJson,
}

/** A selected column, and the name that its value has in a raw result. */
interface Selected {
  readonly column: ColumnMetadata
  readonly alias: string
  /** Whether it tells when the session ends. */
  readonly isMoment: boolean
}

/** A statement, and how it takes ids. */
interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
  /** Where the ids are in the parameters. */
  readonly place: number
}

/** The statements that find rows by their ids: TypeORM's own, made once and then replayed. One is for a single id. */
export class PreparedFind {
  readonly #dataSource: DataSource
  readonly #table: SessionTable
  readonly #list: IdParameter
  readonly #one: Statement
  readonly #many: Statement
  readonly #selected: readonly Selected[]
  readonly #id: ColumnMetadata

  private constructor(dataSource: DataSource, entity: Constructor, table: SessionTable, list: IdParameter) {
    this.#dataSource = dataSource
    this.#table = table
    this.#list = list
    const { columns } = dataSource.getMetadata(entity)
    const names = new Set(table.properties)
    const selected = columns.filter((column) => names.has(column.propertyPath))
    this.#selected = selected.map((column, index) => ({
      column,
      alias: `c${index}`,
      isMoment: table.dates.includes(column.propertyPath),
    }))
    this.#id = selected.find((column) => column.propertyPath === table.id) as ColumnMetadata
    const statement = (ids: IdParameter): Statement => {
      const select = dataSource.createQueryBuilder(entity as Constructor<ObjectLiteral>, 'session').select([])
      for (const { column, alias } of this.#selected) select.addSelect(`session.${column.propertyPath}`, alias)
      select.where(ids.condition(`session.${table.id}`), { session_ids: marker })
      const [sql, parameters] = select.getQueryAndParameters()
      return { sql, parameters, place: parameters.indexOf(marker) }
    }
    this.#one = statement(single)
    this.#many = statement(list)
  }

  /** `undefined` on other databases. */
  static prepare(dataSource: DataSource, entity: Constructor, table: SessionTable): PreparedFind | undefined {
    const list = listParameters[dataSource.options.type]
    return list && new PreparedFind(dataSource, entity, table, list)
  }

  /** What the database has of these ids. */
  query(runner: QueryRunner, ids: readonly string[]): Promise<RawRow[]> {
    const [only] = ids
    if (ids.length === 1) return this.#ask(runner, this.#one, this.#prepared(only as string))
    return this.#ask(runner, this.#many, this.#list.value(ids.map((id) => this.#prepared(id))))
  }

  /** The rows with exactly these ids: MySQL and MariaDB do not see blanks at the end. */
  rows(found: readonly RawRow[], ids: readonly string[]): SessionRow[] {
    const rows: SessionRow[] = []
    const wanted = ids.length === 1 ? undefined : new Set(ids)
    for (const raw of found) {
      const row = this.#table.toRow(this.#record(raw))
      if (wanted ? wanted.has(row.id) : row.id === ids[0]) rows.push(row)
    }
    return rows
  }

  #ask(runner: QueryRunner, { sql, parameters, place }: Statement, value: unknown): Promise<RawRow[]> {
    return runner.query(sql, parameters.with(place, value))
  }

  #prepared(id: string): unknown {
    return this.#dataSource.driver.preparePersistentValue(id, this.#id)
  }

  /** As the columns' own conversions give them. */
  #record(raw: RawRow): RowRecord {
    const record: RowRecord = {}
    for (const { column, alias, isMoment } of this.#selected) {
      const value = raw[alias]
      record[column.propertyName] = isMoment
        ? momentOf(this.#dataSource, value, column)
        : this.#dataSource.driver.prepareHydratedValue(value, column)
    }
    return record
  }
}

/** Whether somebody listens to the loading of entities. Subscribers may be added at any time. */
export function areLoadsHeard({ subscribers }: DataSource, { afterLoadListeners }: EntityMetadata): boolean {
  return afterLoadListeners.length > 0 || subscribers.some(({ afterLoad }) => afterLoad)
}

/** A row as the driver gives it. */
type RawRow = Readonly<Record<string, unknown>>
