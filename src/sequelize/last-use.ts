import { literal, type Model, type ModelStatic } from 'sequelize'
import type { RowRecord } from '../model/session-table.js'
import { laterOf } from '../sql/guarded-update.js'
import type { SqlTable } from '../sql/sql-table.js'
import { generatorOf } from './query-generator.js'

/** Sets the last use to the later one of two moments, in Sequelize's own update. Empty if the update does not write it. */
export function lastUse(
  table: Pick<SqlTable<never>, 'column'>,
  property: string | undefined,
  record: RowRecord,
  model: ModelStatic<Model>,
): RowRecord {
  if (property === undefined || !(property in record)) return {}
  const attribute = model.getAttributes()[property]
  const value = generatorOf(model).escape(record[property], attribute, { context: 'UPDATE' })
  return { [property]: literal(laterOf(table.column(property), () => value)) }
}
