import type { Model, ModelStatic } from 'sequelize'
import { setMapping } from '../model/mapping.js'
import { shadowed } from '../model/members.js'
import { metadataOf } from '../model/metadata.js'
import { assertName } from '../model/names.js'
import { giveBackend } from './backend.js'
import type { Attribute } from './column-types.js'
import { watchStatements } from './connection.js'
import { assertWideConnections } from './connection-charset.js'
import { assertDialect } from './databases.js'
import type { ModelOptions } from './declared-columns.js'
import { checkBeforeSync } from './existing-table.js'
import { nameIndexes } from './indexes.js'
import { followAttributes } from './late-columns.js'
import { mapModel } from './map-model.js'
import { tableNameRules } from './naming.js'
import { type InitializedModel, noSequelize, registrationWith } from './registration.js'
import { isSequelize } from './registry.js'
import type { ModelClass } from './types.js'
import { undoOnError } from './undo.js'

type Initialize = (this: ModelClass, attributes: Record<string, Attribute>, options: ModelOptions) => unknown

/**
 * Registers the model, and adds the managed columns when Sequelize initializes it. Then the dialect, the options of the
 * instance and all columns of the model are known, however the model got there.
 *
 * A subclass that Sequelize initializes (the repository of the model, or a model of yours) has its own registration. The
 * model then stands for its repository.
 */
export function mapOnInitialize(registry: object, model: ModelClass): void {
  const inherited = Reflect.get(model, 'initialize') as Initialize
  let own: InitializedModel | undefined
  setMapping(
    model,
    registrationWith(registry, metadataOf(model), () => {
      if (own) return own
      throw noSequelize(model)
    }),
  )
  const initialize: Initialize = function (attributes, options) {
    if (Reflect.get(this, 'initialize') !== initialize) return inherited.call(this, attributes, options)
    assertDialect(options.sequelize)
    assertWideConnections(options.sequelize)
    const mapped = mapModel(this, attributes ?? {}, options)
    return undoOnError(this, options.sequelize, () => {
      const result = inherited.call(this, mapped.attributes, mapped.options)
      const initialized = { model: this as unknown as ModelStatic<Model>, table: mapped.table }
      assertUnshadowed(initialized.model)
      assertName('table', initialized.model.tableName, tableNameRules(options.sequelize.getDialect()))
      checkBeforeSync(initialized.model, mapped.table)
      nameIndexes(initialized.model)
      followAttributes(initialized.model, mapped.table)
      if (this === model) own = initialized
      else if (isSequelize(options.sequelize) && options.sequelize.repositoryMode) own ??= initialized
      if (this !== model) registerSubclass(registry, this, initialized)
      watchStatements(options.sequelize)
      return result
    })
  }
  Object.defineProperty(model, 'initialize', { value: initialize, configurable: true, writable: true })
}

function registerSubclass(registry: object, subclass: ModelClass, initialized: InitializedModel): void {
  setMapping(
    subclass,
    registrationWith(registry, metadataOf(subclass), () => initialized),
  )
  giveBackend(subclass)
}

/**
 * Throws `COLUMN_SHADOWED` for class fields without `declare`, which hide the accessors that Sequelize defines on the
 * prototype. Sequelize itself only warns of them, and later; its warning is turned off.
 */
function assertUnshadowed(model: ModelStatic<Model>): void {
  Object.assign(model, { _overwrittenAttributesChecked: true })
  const row = model.build()
  const name = [...Object.keys(model.getAttributes()), 'expired', 'active'].find((key) => Object.hasOwn(row, key))
  if (name !== undefined) throw shadowed(name)
}
