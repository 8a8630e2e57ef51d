import type { Model, ModelStatic, Sequelize } from 'sequelize'

/** The members of an association that are used and that Sequelize has no types for. */
interface Association {
  readonly as: string
  readonly target: unknown
  _injectAttributes?(): unknown
  mixin?(prototype: object): void
}

type Associated = ModelStatic<Model> & { readonly associations?: Record<string, Association> }

/**
 * Initializes a model. If it was initialized before, its foreign keys and associations are made again, and those of other
 * models with it.
 */
export function keepAssociations(model: Associated, sequelize: Sequelize, initialize: () => void): void {
  const before = Object.hasOwn(model, 'associations') ? Object.values(model.associations ?? {}) : []
  initialize()
  const own = model.associations
  for (const association of before) {
    if (!own || association.as in own) continue
    own[association.as] = association
    association._injectAttributes?.()
    association.mixin?.(model.prototype)
  }
  for (const other of sequelize.modelManager.models as Associated[]) {
    if (other === model) continue
    for (const association of Object.values(other.associations ?? {})) {
      if (association.target === model) association._injectAttributes?.()
    }
  }
}
