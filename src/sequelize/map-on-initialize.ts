import type { Model, ModelStatic } from 'sequelize'
import { ownMapping } from '../model/mapping.js'
import { shadowed } from '../model/members.js'
import { metadataOf } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import type { Attribute } from './columns.js'
import type { ModelOptions } from './declared.js'
import { expiryCondition } from './expired.js'
import { mapModel } from './map-model.js'
import { noSequelize, type RegisteredSequelizeModel } from './registration.js'
import type { ModelClass } from './types.js'

type Initialize = (this: object, attributes: Record<string, Attribute>, options: ModelOptions) => unknown

/**
 * Adds the managed columns at the moment when Sequelize initializes the model: then the dialect, the options of the
 * instance and all columns of the model are known, however the model got there.
 */
export function mapOnInitialize(registry: object, model: ModelClass): RegisteredSequelizeModel {
  let initialized: { readonly model: ModelStatic<Model>; readonly table: SessionTable } | undefined
  const inherited = Reflect.get(model, 'initialize') as Initialize
  const needed = (): NonNullable<typeof initialized> => {
    if (initialized) return initialized
    throw noSequelize(model)
  }
  define(model, function initialize(this: object, own, options) {
    if (this !== model && ownMapping(this)) return inherited.call(this, own, options)
    const { attributes, options: completed, table } = mapModel(model, own ?? {}, options)
    const result = inherited.call(this, attributes, completed)
    refuseShadowing(this as ModelStatic<Model>)
    initialized = { model: this as ModelStatic<Model>, table }
    return result
  })
  const now = metadataOf(model).now ?? Date.now
  return {
    registry,
    model: () => needed().model,
    table: () => needed().table,
    isExpired: (row) => needed().table.isExpired(row, now()),
    condition: (expired) => expiryCondition(needed().table, expired, new Date(now())),
  }
}

function define(model: object, initialize: Initialize): void {
  Object.defineProperty(model, 'initialize', { value: initialize, configurable: true, writable: true })
}

/** Class fields that are not declared with `declare` hide what Sequelize defines on the prototype. */
function refuseShadowing(model: ModelStatic<Model>): void {
  const row = model.build()
  const name = [...Object.keys(model.getAttributes()), 'expired', 'active'].find((key) => Object.hasOwn(row, key))
  if (name === undefined) return
  model.sequelize?.modelManager.removeModel(model)
  Object.assign(model, { isInitialized: false })
  throw shadowed(name)
}
