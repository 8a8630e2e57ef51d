import { isDeepStrictEqual } from 'node:util'
import { literal, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import { Model as BaseModel } from 'sequelize-typescript'
import type { SessionRow } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { hookOptions, isolatedOptions } from './isolated-options.js'
import { instanceOf } from './query-generator.js'
import { explainRefusal } from './refusal.js'
import { notSoftDeleted } from './where.js'

/** Inserts one row as `Model.create` does, or several as `Model.bulkCreate`, with every column of a session. */
export async function insertRows(
  model: ModelStatic<Model>,
  attempt: Attempt,
  table: SessionTable,
  rows: readonly SessionRow[],
): Promise<void> {
  const records = rows.map((row) => withoutDefaults(model, table, table.forOrm(table.toRecord(row))))
  const [only, ...others] = records
  await explainRefusal<unknown>(() => {
    if (only && others.length === 0) return createRow(model, attempt, only)
    return model.bulkCreate(records as never[], { ...isolatedOptions(model, attempt), validate: true } as object)
  })
}

/**
 * Inserts a row, by the model's own `create` if it has one. Sequelize's `create` is not called: it copies its options, and
 * hooks could change the copy.
 */
function createRow(model: ModelStatic<Model>, attempt: Attempt, record: RowRecord): Promise<unknown> {
  const values = withNulls(model, record) as never
  if ((model.create as unknown) !== BaseModel.create)
    return model.create(values, isolatedOptions(model, attempt) as object)
  return model.build(values, { isNewRecord: true }).save(hookOptions(model, attempt, { returning: false }))
}

/** Replaces `null` by SQL if the instance has the option `omitNull`: it would leave such columns to the database's default. */
function withNulls(model: ModelStatic<Model>, record: RowRecord): RowRecord {
  const { omitNull } = (instanceOf(model) as unknown as { options: { omitNull?: boolean } }).options
  if (!omitNull) return record
  const entries = Object.entries(record).map(([name, value]) => [name, value === null ? literal('NULL') : value])
  return Object.fromEntries(entries) as RowRecord
}

/** Leaves out the defaults of columns that have a setter, which might not know the getter's result for them. */
function withoutDefaults(model: ModelStatic<Model>, { columns }: SessionTable, record: RowRecord): RowRecord {
  const attributes = model.getAttributes()
  for (const column of columns) {
    const { get, set } = attributes[column.name] ?? {}
    if ((get || set) && isDeepStrictEqual(record[column.name], column.initial(new Date()))) delete record[column.name]
  }
  return record
}

/** Removes soft-deleted rows with these ids, never a living one, and returns how many. */
export async function removeSoftDeleted(
  model: ModelStatic<Model>,
  attempt: Attempt,
  idProperty: string,
  ids: readonly string[],
): Promise<number> {
  const notDeleted = notSoftDeleted(model)
  if (!notDeleted) return 0
  const where = { [Op.and]: [{ [idProperty]: [...ids] }, { [Op.not]: notDeleted }] } as WhereOptions
  return model.destroy(hookOptions(model, attempt, {}, { where, force: true }))
}
