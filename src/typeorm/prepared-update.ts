import { type DataSource, type FindOperator, IsNull, type ObjectLiteral, Raw } from 'typeorm'
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
  return JSON.stringify([version === null, Object.keys(record), Object.keys(fixed)])
}

/** Takes the value of one parameter from a write. */
type Source = (write: Write) => unknown

/** The statement for writes of one shape: TypeORM's own, made once and then replayed. */
export class PreparedUpdate {
  readonly sql: string
  readonly #sources: readonly Source[]

  /** From any write of the shape. */
  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable, example: Write) {
    const sources = new Map<string, Source>()
    const parameter = (source: Source): string => {
      const name = `session_${sources.size}`
      sources.set(name, source)
      return name
    }
    const statement = new Statement(dataSource, entity, parameter)
    const update = dataSource
      .createQueryBuilder()
      .update(entity as Constructor<ObjectLiteral>)
      .set(statement.set(example))
      .where(statement.where(table, example))
      .updateEntity(false)
    update.setParameters(Object.fromEntries(Array.from(sources.keys(), (name) => [name, name])))
    const [sql, parameters] = update.getQueryAndParameters()
    this.sql = sql
    this.#sources = parameters.map((name: unknown) => sources.get(String(name)) ?? (() => name))
  }

  parametersOf(write: Write): unknown[] {
    return this.#sources.map((source) => source(write))
  }
}

/** The parts of an update, with names for its parameters. */
class Statement {
  readonly #dataSource: DataSource
  readonly #entity: Constructor
  readonly #parameter: (source: Source) => string

  constructor(dataSource: DataSource, entity: Constructor, parameter: (source: Source) => string) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#parameter = parameter
  }

  set({ record, fixed }: Write): ObjectLiteral {
    const values = Object.keys(record).map((property) => {
      const name = this.#parameter((write) => this.#prepare(property, write.record[property]))
      return [property, () => `:${name}`]
    })
    return { ...Object.fromEntries(values), ...fixed }
  }

  where(table: SessionTable, { version }: Write): ObjectLiteral {
    const { deleteDateColumn } = this.#dataSource.getMetadata(this.#entity)
    return {
      [table.id]: this.#idIs(table.id),
      [table.expires]: this.#compare('>', ({ now }) => table.moment(now)),
      ...(deleteDateColumn && { [deleteDateColumn.propertyName]: IsNull() }),
      ...(table.version !== undefined && this.#versionIs(table.version, version)),
    }
  }

  #versionIs(property: string, version: number | null): ObjectLiteral {
    if (version === null) return { [property]: IsNull() }
    return { [property]: this.#compare('=', (write) => this.#prepare(property, write.version)) }
  }

  /** MySQL and MariaDB take two ids that differ only in blanks at the end for equal. */
  #idIs(property: string): FindOperator<unknown> {
    const id: Source = (write) => this.#prepare(property, write.id)
    if (!isMysql(this.#dataSource.options.type)) return this.#compare('=', id)
    const [name, exact] = [this.#parameter(id), this.#parameter((write) => `${id(write)}.`)]
    const condition = (column: string): string => `(${column} = :${name} AND CONCAT(${column}, '.') = :${exact})`
    return Raw(condition, { [name]: name, [exact]: exact })
  }

  #compare(operator: string, source: Source): FindOperator<unknown> {
    const name = this.#parameter(source)
    return Raw((column) => `${column} ${operator} :${name}`, { [name]: name })
  }

  #prepare(property: string, value: unknown): unknown {
    const column = this.#dataSource.getMetadata(this.#entity).findColumnWithPropertyName(property)
    return column ? this.#dataSource.driver.preparePersistentValue(value, column) : value
  }
}
