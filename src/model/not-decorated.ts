import { SessionError } from '../core/errors.js'
import { isRegistry, kindOf } from '../core/options/kinds.js'

/**
 * The error for a value that was passed as a session model but is not one.
 * @param registry The other argument of the caller, to tell whether the two were swapped.
 */
export function notDecorated(model: unknown, registry?: unknown): SessionError {
  return new SessionError('MODEL_NOT_DECORATED', `${causeOf(model, registry)} ${cureFor(model, registry)}`)
}

function causeOf(model: unknown, registry: unknown): string {
  if (isRegistry(model) && typeof registry === 'function') return 'The registry and the model are swapped.'
  if (typeof model === 'function') return `The class ${model.name} is not a session model.`
  if (model === undefined && typeof registry === 'function') return 'The registry is missing: only a class was passed.'
  const kind = kindOf(model) ?? 'an object'
  return `What was passed as the model is ${kind}, which is not a session model.`
}

function cureFor(model: unknown, registry: unknown): string {
  if (typeof registry === 'function' && (isRegistry(model) || model === undefined)) {
    const name = registry.name || 'WebSession'
    return `Write registerSessionModel(registry, ${name}), where registry is your DataSource or Sequelize.`
  }
  if (typeof model === 'function') {
    const isOfMixin = Object.getPrototypeOf(model)?.name === 'SessionModelMixin'
    if (isOfMixin) return 'Call the mixin: write extends SessionModelMixin().'
    return 'Put @SessionModel() above the class, and pass the class itself.'
  }
  if (model === undefined) {
    return 'Pass the class. If it is imported, its file and this one may import each other in a circle.'
  }
  return 'Put @SessionModel() above a class, and pass the class itself, and no instance of it.'
}
