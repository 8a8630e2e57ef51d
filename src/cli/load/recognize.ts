import { type RegisteredModel, type SessionBackend, sessionBackend } from '../../core/backend/session-backend.js'
import type { SessionManager } from '../../core/manager/session-manager.js'

/** A TypeORM DataSource, as far as the command line uses it. */
export interface AnyDataSource {
  options: Record<string, unknown> & { readonly entities?: object; readonly type: string }
  readonly driver: object
  logger: object
  readonly isInitialized: boolean
  readonly entityMetadatas: readonly { readonly target: unknown }[]
  initialize(): Promise<unknown>
  destroy(): Promise<void>
}

/** A Sequelize instance, as far as the command line uses it. */
export interface AnySequelize {
  readonly options: { logging?: unknown; readonly pool?: { readonly max?: number } }
  readonly models: Readonly<Record<string, unknown>>
  authenticate(options: object): Promise<void>
  close(): Promise<void>
  getDialect(): string
}

export type Registry = AnyDataSource | AnySequelize

/** Whether the value is a SessionManager, of any copy of this package. */
export function isManager(value: unknown): value is SessionManager {
  if (typeof value !== 'object' || value === null) return false
  const { deleteExpired, revoke, options } = value as Partial<SessionManager>
  return typeof deleteExpired === 'function' && typeof revoke === 'function' && typeof options === 'object'
}

/** Whether the value is a TypeORM DataSource, of any copy of TypeORM. */
export function isDataSource(value: unknown): value is AnyDataSource {
  if (typeof value !== 'object' || value === null) return false
  const { initialize, destroy, options } = value as Partial<AnyDataSource>
  return typeof initialize === 'function' && typeof destroy === 'function' && typeof options === 'object'
}

/** Whether the value is a Sequelize instance, of any copy. */
export function isSequelize(value: unknown): value is AnySequelize {
  if (typeof value !== 'object' || value === null) return false
  const { getDialect, authenticate, models } = value as Partial<AnySequelize>
  return typeof getDialect === 'function' && typeof authenticate === 'function' && typeof models === 'object'
}

/** Whether the value is a class that was passed to `registerSessionModel`. */
export function isModel(value: unknown): value is RegisteredModel & { readonly name: string } {
  return typeof value === 'function' && sessionBackend in value
}

/** The registered session models of a registry that is open. */
export function modelsOf(registry: Registry): (RegisteredModel & { readonly name: string })[] {
  const classes = isDataSource(registry)
    ? registry.entityMetadatas.map(({ target }) => target)
    : Object.values(registry.models)
  return classes.filter(isModel)
}

/** The backend of a manager, whose columns nobody needs to know. */
export function backendOf(manager: SessionManager): SessionBackend {
  return manager.options.backend
}
