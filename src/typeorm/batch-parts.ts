import type { DataSource } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { type Source, UpdateParts, type Write } from './update-parts.js'

/** A value of a statement for many writes: where it comes from, and the column whose type it has. */
export interface BatchValue {
  readonly source: Source
  readonly column: string
}

/** TypeORM's own update of one shape, with its values in the columns `ksm_p0`, `ksm_p1` … of `ksm_values`. */
export interface BatchParts {
  readonly set: string
  readonly where: string
  readonly values: readonly BatchValue[]
  /** The names of the columns. */
  readonly names: readonly string[]
  /** Which of the values is the id. */
  readonly id: number
}

/** From any write of the shape. `prefix` goes before each value. */
export function batchParts(
  dataSource: DataSource,
  entity: Constructor,
  table: SessionTable,
  example: Write,
  prefix = '',
): BatchParts {
  const values: BatchValue[] = []
  let id = 0
  const parts = new UpdateParts(dataSource, entity, (source, { propertyName, databaseName }) => {
    if (propertyName === table.id) id = values.length
    values.push({ source, column: databaseName })
    return `${prefix}ksm_values.ksm_p${values.length - 1}`
  })
  const update = parts.update(example)
  const set = update.getQuery()
  const where = update.where(parts.where(table, example)).getQuery().slice(set.length)
  return { set, where, values, names: values.map((_, index) => `ksm_p${index}`), id }
}
