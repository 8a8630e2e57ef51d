import type { DataSource, EntityMetadata } from 'typeorm'
import type { SessionColumn } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import type { DeclaredEntityColumn } from './declared-columns.js'
import { defaultOf, type Initial, initializedOf } from './defaults.js'
import { newRow } from './registry.js'

/**
 * The session properties of an entity, with their values in a new session: that of the class's field initializer, else the
 * column's default, else `null`.
 */
export function initialValues(
  target: Constructor,
  columns: readonly DeclaredEntityColumn[],
  dataSource: DataSource | undefined,
): SessionColumn[] {
  const row = newRow(target)
  return columns.map((column) => {
    const isInitialized = Reflect.get(row, column.property) !== undefined
    return new InitialValue(target, column, isInitialized, dataSource)
  })
}

class InitialValue implements SessionColumn {
  readonly name: string
  readonly #target: Constructor
  readonly #column: DeclaredEntityColumn
  readonly #isInitialized: boolean
  readonly #dataSource: DataSource | undefined
  #metadata: EntityMetadata | undefined
  #initial: Initial | undefined

  constructor(
    target: Constructor,
    column: DeclaredEntityColumn,
    isInitialized: boolean,
    dataSource: DataSource | undefined,
  ) {
    this.name = column.property
    this.#target = target
    this.#column = column
    this.#isInitialized = isInitialized
    this.#dataSource = dataSource
  }

  initial(now: Date): unknown {
    if (!this.#dataSource?.hasMetadata(this.#target)) return this.#early()
    const metadata = this.#dataSource.getMetadata(this.#target)
    if (metadata !== this.#metadata) {
      this.#metadata = metadata
      this.#initial = this.#prepare(this.#dataSource, metadata)
    }
    return this.#initial?.(now)
  }

  /** The value before the data source is initialized, which decides the type of the column. */
  #early(): unknown {
    const { nullable, default: value } = this.#column.options
    if (this.#isInitialized) return this.#initialized()
    return nullable && value === undefined ? null : undefined
  }

  #prepare(dataSource: DataSource, metadata: EntityMetadata): Initial | undefined {
    const column = metadata.findColumnWithPropertyName(this.name)
    if (!column) return undefined
    return this.#isInitialized
      ? initializedOf(dataSource, column, () => this.#initialized())
      : defaultOf(dataSource, column)
  }

  /** The value of the field initializer, from a new row each time: sessions must not share an object or a random value. */
  #initialized(): unknown {
    return Reflect.get(new this.#target(), this.name)
  }
}
