export type {
  BackendCapabilities,
  RegisteredModel,
  RowFilter,
  RowFilterValue,
  RowTouch,
  RowUpdate,
  RowValues,
  SessionBackend,
  SessionColumn,
  SessionRow,
} from './core/backend.js'
export { sessionBackend } from './core/backend.js'
export type { ResolvedCookieOptions, SessionCookieOptions } from './core/cookie-options.js'
export type { Duration } from './core/duration.js'
export { SessionError, type SessionErrorCode } from './core/errors.js'
export { MemorySessionBackend } from './core/memory-backend.js'
export type {
  CleanupOptions,
  ResolvedOptions,
  ResolvedTimes,
  SessionOptions,
  SessionPlace,
  SessionPolicy,
} from './core/options.js'
export type { Change, Changes, MergeFunction, Properties } from './core/properties.js'
export type { Serializer } from './core/serializer.js'
export type { CookieChange, Session } from './core/session.js'
export {
  type ListedSession,
  type ListOptions,
  type RequestWithCookie,
  SessionManager,
  type SessionWhere,
} from './core/session-manager.js'
export type { SessionData, SessionMembers, SessionProperties, SessionView } from './core/session-view.js'
export type { ColumnsOf, KoaContext, SessionContext } from './koa/context.js'
export { type KoaSessionMiddleware, session } from './koa/middleware.js'
export type { SessionModelMembers, SessionRowMembers } from './model/members.js'
export type {
  AbstractConstructor,
  Constructor,
  ManagedColumn,
  ManagedColumnOptions,
  SessionModelOptions,
} from './model/metadata.js'
export { SessionModel } from './model/session-model.js'
export { SessionModelMixin, type WithSessionMembers } from './model/session-model-mixin.js'
