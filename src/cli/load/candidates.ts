import type { RegisteredModel } from '../../core/backend/session-backend.js'
import { SessionManager } from '../../core/manager/session-manager.js'
import { accessTo } from '../../sql/table-access.js'
import { usageError } from '../cli-error.js'
import type { Exported } from './import-module.js'
import { isDataSource, isManager, isModel, isSequelize, modelsOf, type Registry } from './recognize.js'

/** A manager that a command can use, with the names that `--model` finds it by. */
export interface Candidate {
  readonly names: readonly string[]
  readonly manager: SessionManager
  /** Whether its options come from the config, or are the defaults for a model. */
  readonly isConfigured: boolean
}

/** The DataSources and Sequelize instances among the exports. */
export function registriesIn(exported: readonly Exported[]): Registry[] {
  const values = exported.map(({ value }) => value)
  return [...new Set(values.filter((value) => isDataSource(value) || isSequelize(value)))]
}

/** The managers that a module exports; if it exports none, one for each session model that it exports or registers. */
export function candidatesIn(exported: readonly Exported[], registries: readonly Registry[]): Candidate[] {
  const managers = [...new Set(exported.map(({ value }) => value).filter(isManager))]
  if (managers.length > 0) {
    return managers.map((manager) => ({ names: namesFor(manager, manager, exported), manager, isConfigured: true }))
  }
  const models = new Set([...exported.map(({ value }) => value).filter(isModel), ...registries.flatMap(modelsOf)])
  return [...models].map((model) => {
    const manager = new SessionManager({ model: model as RegisteredModel, cleanup: false })
    return { names: namesFor(model, manager, exported), manager, isConfigured: false }
  })
}

function namesFor(value: unknown, manager: SessionManager, exported: readonly Exported[]): string[] {
  const exports = exported.filter((found) => found.value === value).map(({ name }) => name)
  const access = accessTo(manager.options.backend)
  return [...new Set([...exports, ...(access ? [access.modelName] : [])])].filter(Boolean)
}

/** Chooses the manager. Throws if there is none, or several and `model` names none of them. */
export function choose(candidates: readonly Candidate[], model: string | undefined, path: string): Candidate {
  const found = model === undefined ? candidates : candidates.filter(({ names }) => names.includes(model))
  const [first] = found
  if (first && found.length === 1) return first
  const listed = candidates.map(({ names }) => names[0] ?? '?').join(', ')
  if (candidates.length === 0) {
    throw usageError(
      `${path} exports no SessionManager, and no DataSource or Sequelize with a registered session model. Export one, by name or by default.`,
      'CONFIG_EMPTY',
    )
  }
  if (found.length === 0)
    throw usageError(`No session model is called ${model}. Give one of: ${listed}.`, 'MODEL_UNKNOWN')
  throw usageError(`${path} has ${found.length} session models. Choose one by --model: ${listed}.`, 'MODEL_AMBIGUOUS')
}
