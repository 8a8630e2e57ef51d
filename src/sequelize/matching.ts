import { fn, literal, type Model, type ModelStatic, Op, type WhereOptions, where } from 'sequelize'
import type { RowFilter } from '../core/backend.js'
import { isMysql } from './columns.js'
import { generatorOf } from './query-generator.js'

/** The filter as a `where` of Sequelize. */
export function matching(model: ModelStatic<Model>, { id, ...columns }: RowFilter, idProperty: string): WhereOptions {
  if (id === undefined) return columns
  return { ...columns, ...(typeof id === 'string' ? idIn(model, idProperty, [id]) : { [idProperty]: id }) }
}

/**
 * The rows with exactly these ids: MySQL and MariaDB take two that differ only in blanks at the end for equal, and would
 * end another session.
 */
export function idIn(model: ModelStatic<Model>, property: string, ids: readonly string[]): WhereOptions {
  const rough = { [property]: [...ids] }
  if (!isMysql(model.sequelize?.getDialect() ?? '')) return rough
  const column = model.getAttributes()[property]?.field ?? property
  const quoted = literal(generatorOf(model).quoteIdentifier(column)) // col() takes a dot for a table's
  const exact = where(fn('CONCAT', quoted, '.'), { [Op.in]: ids.map((id) => `${id}.`) })
  return { ...rough, [Op.and]: [exact] }
}
