import type { DataSource, ObjectLiteral, QueryRunner } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'

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
}

/** A statement, and how it takes ids. */
interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
  readonly ids: IdParameter
}

/** The statements that find rows by their ids: TypeORM's own, made once and then replayed. One is for a single id. */
export class PreparedFind {
  readonly #one: Statement
  readonly #many: Statement
  readonly #selected: readonly Selected[]
  readonly #id: ColumnMetadata

  private constructor(dataSource: DataSource, entity: Constructor, table: SessionTable, list: IdParameter) {
    const { columns } = dataSource.getMetadata(entity)
    const names = new Set(table.properties)
    const selected = columns.filter((column) => names.has(column.propertyPath))
    this.#selected = selected.map((column, index) => ({ column, alias: `c${index}` }))
    this.#id = selected.find((column) => column.propertyPath === table.id) as ColumnMetadata
    const statement = (ids: IdParameter): Statement => {
      const select = dataSource.createQueryBuilder(entity as Constructor<ObjectLiteral>, 'session').select([])
      for (const { column, alias } of this.#selected) select.addSelect(`session.${column.propertyPath}`, alias)
      select.where(ids.condition(`session.${table.id}`), { session_ids: marker })
      const [sql, parameters] = select.getQueryAndParameters()
      return { sql, parameters, ids }
    }
    this.#one = statement(single)
    this.#many = statement(list)
  }

  /** `undefined` on other databases, and where the application listens to the loading of entities. */
  static prepare(dataSource: DataSource, entity: Constructor, table: SessionTable): PreparedFind | undefined {
    const list = listParameters[dataSource.options.type]
    const { afterLoadListeners } = dataSource.getMetadata(entity)
    const isHeard = afterLoadListeners.length > 0 || dataSource.subscribers.some(({ afterLoad }) => afterLoad)
    return list && !isHeard ? new PreparedFind(dataSource, entity, table, list) : undefined
  }

  /** The rows, as the columns' own conversions give them. */
  async run(runner: QueryRunner, ids: readonly string[]): Promise<RowRecord[]> {
    const { driver } = runner.connection
    const statement = ids.length === 1 ? this.#one : this.#many
    const values = statement.ids.value(ids.map((id) => driver.preparePersistentValue(id, this.#id)))
    const parameters = statement.parameters.map((parameter) => (parameter === marker ? values : parameter))
    const rows: Readonly<Record<string, unknown>>[] = await runner.query(statement.sql, parameters)
    return rows.map((row) => {
      const record: RowRecord = {}
      for (const { column, alias } of this.#selected) {
        record[column.propertyName] = driver.prepareHydratedValue(row[alias], column)
      }
      return record
    })
  }
}
