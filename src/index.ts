export type {
  BackendCall,
  BackendCapabilities,
  BackendFailure,
  BackendWait,
  ExpiredRow,
  FailureReason,
  PassedRows,
  RegisteredModel,
  RowFilter,
  RowFilterValue,
  RowsWritten,
  RowTouch,
  RowUpdate,
  RowValues,
  SessionBackend,
  SessionColumn,
  SessionRow,
} from './core/backend.js'
export { sessionBackend } from './core/backend.js'
export type { Change, Changes, MergeFunction } from './core/changes.js'
export type { CookieChange, CookieChannel } from './core/cookie-channel.js'
export type { ResolvedCookieOptions, SessionCookieOptions } from './core/cookie-options.js'
export type { Duration } from './core/duration.js'
export type { EncryptionKey } from './core/encryption-keys.js'
export { SessionError, type SessionErrorCode } from './core/errors.js'
export type { EndReason, RejectionReason, SessionEvent, SessionEvents, SessionListener } from './core/events.js'
export type { Exclusion } from './core/exclude.js'
export type { Life } from './core/life.js'
export type { ResolvedLimit, SessionLimit } from './core/limit-options.js'
export type {
  BareRequestOptions,
  CreatedSession,
  CreateOptions,
  ListedSession,
  ListOptions,
  RequestWithCookie,
  RevokeOptions,
  SessionWhere,
} from './core/manager-types.js'
export { MemorySessionBackend } from './core/memory-backend.js'
export type {
  CleanupOptions,
  ClearedData,
  RequestOutcome,
  ResolvedOptions,
  ResolvedTimes,
  SessionOptions,
  SessionPlace,
  SessionPolicy,
} from './core/options.js'
export type { Properties } from './core/properties.js'
export type { RegenerateOptions } from './core/regenerate-options.js'
export type { RequestFacts } from './core/request-facts.js'
export type { Serializer } from './core/serializer.js'
export type { Session } from './core/session.js'
export { SessionManager } from './core/session-manager.js'
export type { Callback, SessionData, SessionMembers, SessionProperties, SessionView } from './core/session-view.js'
export type { GoneReason } from './core/traces.js'
export type { ColumnsOf, KoaContext, RegisteredTypes, SessionContext, SessionTypes } from './koa/context.js'
export { type ImpossibleContext, type KoaSessionMiddleware, session } from './koa/middleware.js'
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
