import type { Model, ModelStatic } from 'sequelize'
import type { SessionColumn } from '../core/backend/session-backend.js'
import { assertUsable } from '../model/columns.js'
import { assertName } from '../model/names.js'
import type { SessionTable } from '../model/session-table.js'
import { type DeclaredAttribute, declaredAttributes, type ModelOptions } from './declared-columns.js'
import { SequelizeColumn } from './initial-values.js'
import { columnNameRules } from './naming.js'
import { instanceOf } from './query-generator.js'

/** A model with the method that Sequelize calls when attributes have been added, as by an association. */
type Refreshed = ModelStatic<Model> & { refreshAttributes(): void }

/**
 * Adds the foreign keys of associations to the session's properties, whenever an association adds one: `@BelongsTo` without
 * a column, `@HasMany` of the other model, `Sessions.belongsTo()` later. The association throws if the key cannot be a
 * property.
 */
export function followAttributes(model: ModelStatic<Model>, table: SessionTable): void {
  const { refreshAttributes } = model as Refreshed
  const known = new Set(Object.keys(model.getAttributes()))
  const first = table.columns
  const refresh = function refresh(this: Refreshed): void {
    refreshAttributes.call(this)
    if (this !== model) return
    const attributes = model.getAttributes()
    const late = lateAttributes(model, known)
    for (const column of late) assertLateColumn(model as Refreshed, column)
    const added = late.filter(({ writable }) => writable).map((column) => new SequelizeColumn(model, column.property))
    const columns = [...first, ...added].filter(({ name }) => name in attributes)
    if (namesOf(columns) !== namesOf(table.columns)) table.changeColumns(columns)
  }
  Object.defineProperty(model, 'refreshAttributes', { value: refresh, configurable: true, writable: true })
}

function lateAttributes(model: ModelStatic<Model>, known: ReadonlySet<string>): DeclaredAttribute[] {
  const late = Object.entries(model.getAttributes()).filter(([name]) => !known.has(name))
  const options = { ...model.options, timestamps: false, version: false } as unknown as ModelOptions
  return declaredAttributes(Object.fromEntries(late) as never, options)
}

/** Throws for an attribute that cannot be a property of a session, and removes it from the model first. */
function assertLateColumn(model: Refreshed, column: DeclaredAttribute): void {
  try {
    assertUsable(column)
    assertName('column', column.name, columnNameRules(instanceOf(model).getDialect()))
  } catch (error) {
    delete model.rawAttributes[column.property]
    model.refreshAttributes()
    throw error
  }
}

function namesOf(columns: readonly SessionColumn[]): string {
  return columns.map(({ name }) => name).join()
}
