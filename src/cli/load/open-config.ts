import { sessionBackend } from '../../core/backend/session-backend.js'
import { SessionError } from '../../core/errors.js'
import type { SessionManager } from '../../core/manager/session-manager.js'
import { type Shared, share } from '../../core/session/shared.js'
import { accessTo, type TableAccess } from '../../sql/table-access.js'
import { CliError, usageError } from '../cli-error.js'
import { candidatesIn, choose, registriesIn } from './candidates.js'
import { findConfig } from './find-config.js'
import { type Exported, importModule } from './import-module.js'
import { closeRegistry, openRegistry } from './open-registry.js'
import { isManager, isModel, type Registry } from './recognize.js'

/** The sessions that a command works on. */
export interface Opened {
  readonly manager: SessionManager
  /** The objects behind the manager, made anew from its options: the manager may be of another copy of this package. */
  readonly shared: Shared
  readonly access: TableAccess
  readonly isConfigured: boolean
}

/** The options that say which sessions a command works on. */
export interface Place {
  readonly config?: string
  readonly dataSource?: string
  readonly model?: string
}

/** Loads the config, connects, runs `work`, and closes everything that the config has opened. */
export async function withSessions<T>(place: Place, work: (opened: Opened) => Promise<T>): Promise<T> {
  const path = findConfig(place.config ?? place.dataSource)
  const exported = await importModule(path)
  const registries = allRegistries(exported)
  const managers = exported.map(({ value }) => value).filter(isManager)
  try {
    for (const registry of registries) await openRegistry(registry)
    const { manager, isConfigured } = choose(candidatesIn(exported, registries), place.model, path)
    managers.push(manager)
    const opened = { manager, isConfigured, shared: share(manager.options), access: accessOf(manager, path) }
    return await work(opened).catch((error: unknown) => {
      throw explained(error, manager)
    })
  } finally {
    for (const manager of managers) manager.close()
    for (const registry of registries) await closeRegistry(registry).catch(() => {})
  }
}

/** The registries that are exported, and those behind exported managers and models. */
function allRegistries(exported: readonly Exported[]): Registry[] {
  const registries = new Set(registriesIn(exported))
  for (const { value } of exported) {
    const backend = isManager(value) ? value.options.backend : isModel(value) ? value[sessionBackend]() : undefined
    const registry = backend && registryOf(backend)
    if (registry) registries.add(registry as Registry)
  }
  return [...registries]
}

/** The registry of a backend; `undefined` while its model is on a base class that is in no registry yet. */
function registryOf(backend: object): object | undefined {
  try {
    return accessTo(backend)?.registry
  } catch {
    return undefined
  }
}

function accessOf(manager: SessionManager, path: string): TableAccess {
  const access = accessTo(manager.options.backend)
  if (access) return access
  throw usageError(
    `The manager of ${path} keeps its sessions in no table of an ORM. Use a model of TypeORM or sequelize-typescript.`,
    'BACKEND_UNSUPPORTED',
  )
}

/** An error of a statement of the command line, in the words that sessions have for it. Others stay as they are. */
function explained(error: unknown, manager: SessionManager): unknown {
  const isOfStatement =
    error instanceof Error && !(error instanceof SessionError) && ('query' in error || 'sql' in error)
  const reason = isOfStatement ? manager.options.backend.explain?.(error) : undefined
  return reason
    ? new CliError(`${reason.problem} ${reason.fix}`, undefined, { cause: error, code: 'TABLE_UNUSABLE' })
    : error
}
