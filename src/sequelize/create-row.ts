import { literal, type Model, type ModelStatic } from 'sequelize'
import { Model as BaseModel } from 'sequelize-typescript'
import type { Attempt } from '../model/attempt.js'
import type { RowRecord } from '../model/session-table.js'
import { isolatedOptions, hookOptions } from './isolated-options.js'
import { instanceOf } from './query-generator.js'

/**
 * Inserts a row as `Model.create` does, or as a `create` of the model's own. Sequelize's copies its options, so that hooks
 * could change the copy.
 */
export function createRow(model: ModelStatic<Model>, attempt: Attempt, record: RowRecord): Promise<unknown> {
  const values = withNulls(model, record) as never
  if ((model.create as unknown) !== BaseModel.create) return model.create(values, isolatedOptions(model, attempt) as object)
  return model.build(values, { isNewRecord: true }).save(hookOptions(model, attempt, { returning: false }))
}

/** With the option `omitNull` of the instance, an insert leaves columns without a value to the database's default. */
function withNulls(model: ModelStatic<Model>, record: RowRecord): RowRecord {
  const { omitNull } = (instanceOf(model) as unknown as { options: { omitNull?: boolean } }).options
  if (!omitNull) return record
  const entries = Object.entries(record).map(([name, value]) => [name, value === null ? literal('NULL') : value])
  return Object.fromEntries(entries) as RowRecord
}
