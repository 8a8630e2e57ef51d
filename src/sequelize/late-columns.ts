import type { Model, ModelStatic } from 'sequelize'
import { refuseUnusable } from '../model/columns.js'
import { refuseName } from '../model/names.js'
import type { SessionTable } from '../model/session-table.js'
import { type DeclaredAttribute, declaredAttributes, type ModelOptions, sessionColumn } from './declared.js'
import { columnNameRules } from './names.js'
import { instanceOf } from './query-generator.js'

/** A model with the method that Sequelize calls when attributes have been added, as by an association. */
type Refreshed = ModelStatic<Model> & { refreshAttributes(): void }

/**
 * Makes properties of the session of the foreign keys that associations add, whenever they do: `@BelongsTo` without a column,
 * `@HasMany` of the other model, `Sessions.belongsTo()` later. Throws, out of the association, where that cannot be.
 */
export function followAttributes(model: ModelStatic<Model>, table: SessionTable): void {
  const { refreshAttributes } = model as Refreshed
  const known = new Set(Object.keys(model.getAttributes()))
  const first = table.columns
  const refresh = function refresh(this: Refreshed): void {
    refreshAttributes.call(this)
    if (this !== model) return
    const attributes = Object.entries(model.getAttributes())
    const added = Object.fromEntries(attributes.filter(([name]) => !known.has(name)))
    const options = { ...model.options, timestamps: false, version: false } as unknown as ModelOptions
    const late = declaredAttributes(added as never, options)
    for (const column of late) refuseLate(model, column)
    const names = attributes.map(([name]) => name)
    const columns = [...first, ...late.filter(({ writable }) => writable).map((column) => sessionColumn(model, column))]
    const left = columns.filter(({ name }) => names.includes(name))
    if (left.map(({ name }) => name).join() !== table.columns.map(({ name }) => name).join()) table.changeColumns(left)
  }
  Object.defineProperty(model, 'refreshAttributes', { value: refresh, configurable: true, writable: true })
}

function refuseLate(model: ModelStatic<Model>, column: DeclaredAttribute): void {
  refuseUnusable(column)
  refuseName('column', column.name, columnNameRules(instanceOf(model).getDialect()))
}
