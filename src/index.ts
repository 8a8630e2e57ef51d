/**
 * The middleware, the manager of sessions, the decorator of models, and the contract of backends.
 *
 * @module koa-session-model
 */

export { MemorySessionBackend } from './core/backend/memory-backend.js'
export type {
  BackendCall,
  BackendCapabilities,
  BackendFailure,
  BackendWait,
  ExpiredRow,
  FailureReason,
  IdPage,
  LivingRows,
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
} from './core/backend/session-backend.js'
export { sessionBackend } from './core/backend/session-backend.js'
export type { EncryptionKey } from './core/codec/encryption.js'
export type { Serializer } from './core/codec/serializer.js'
export { SessionError, type SessionErrorCode } from './core/errors.js'
export type {
  EndReason,
  GoneReason,
  RejectionReason,
  SessionEvent,
  SessionEvents,
  SessionListener,
  SessionMessage,
} from './core/events.js'
export type {
  BareRequestOptions,
  CreatedSession,
  CreateOptions,
  IterateOptions,
  ListedSession,
  ListOptions,
  RequestWithCookie,
  RevokeOptions,
  SessionWhere,
} from './core/manager/manager-types.js'
export { SessionManager } from './core/manager/session-manager.js'
export type { AdoptFunction, OldCookie, OldRequest, ResolvedAdopt } from './core/options/adopt-options.js'
export { type BearerOptions, bearer } from './core/options/bearer.js'
export type { ResolvedCookieOptions, SessionCookieOptions } from './core/options/cookie-options.js'
export type { Duration } from './core/options/duration.js'
export type { Exclusion, RequestFacts } from './core/options/exclude.js'
export type { ResolvedLimit, SessionLimit } from './core/options/limit-options.js'
export type { ClearedData } from './core/options/option-checks.js'
export type {
  CleanupOptions,
  RequestOutcome,
  ResolvedOptions,
  ResolvedTimes,
  SessionOptions,
  SessionPlace,
  SessionPolicy,
} from './core/options/options.js'
export type { RegenerateOptions } from './core/options/regenerate-options.js'
export type {
  RequestHeader,
  Transport,
  TransportChange,
  TransportHeaders,
  TransportOption,
  TransportRequest,
} from './core/options/transport.js'
export { cookie } from './core/options/transport-options.js'
export type { MergeFunction } from './core/properties/change-set.js'
export type {
  Callback,
  SessionData,
  SessionMembers,
  SessionProperties,
  SessionView,
} from './core/session/session-types.js'
export type { CleanupTrace, CommitTrace, LoadTrace, SessionTrace, SessionTraces } from './core/tracing.js'
export type { SessionWatch, WatchOptions, WatchReason } from './core/watch/watch-types.js'
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
export { SessionModel, SessionModelMixin, type WithSessionMembers } from './model/session-model.js'
