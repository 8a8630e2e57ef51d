import type { RegisteredModel } from '../core/backend/session-backend.js'
import type { RequestWithCookie } from '../core/manager/manager-types.js'
import type { TransportRequest } from '../core/options/transport.js'
import type { SessionData, SessionProperties, SessionView } from '../core/session/session-types.js'
import type { OutgoingHead } from './write-head.js'

/** The part of Koa's context that the middleware uses. The context of any version of Koa fits. */
export interface KoaContext {
  readonly app: {
    readonly middleware?: readonly unknown[]
    emit(event: 'error', error: unknown, ctx: object): unknown
    listenerCount?(event: string): number
  }
  readonly secure: boolean
  readonly path: string
  readonly ip: string
  readonly method: string
  readonly body: unknown
  readonly respond?: boolean | undefined
  readonly req: RequestWithCookie
  readonly headers: TransportRequest['headers']
  readonly res: OutgoingHead & {
    readonly statusCode: number
    readonly destroyed?: boolean
    on(event: 'close', listener: () => void): unknown
  }
  get(name: string): string
}

/** The custom columns of a registered model; `object` for any other type. */
export type ColumnsOf<Model> = Model extends RegisteredModel<infer Columns> ? Columns : object

/**
 * The members that the middleware adds to Koa's context. Use it to type a router or a middleware of your own.
 *
 * @typeParam Model The registered model, whose columns are properties of the session.
 * @typeParam Data The types of the other properties.
 *
 * @example
 * ```ts
 * import Router from 'koa-router'
 * import type { DefaultState } from 'koa'
 * import type { RegisteredModel, SessionContext } from 'koa-session-model'
 *
 * declare const Sessions: RegisteredModel<{ userId: number | null }>
 *
 * const router = new Router<DefaultState, SessionContext<typeof Sessions>>()
 * router.get('/me', (ctx) => {
 *   ctx.body = { userId: ctx.session.userId } // number | null
 * })
 * ```
 */
export interface SessionContext<Model = RegisteredModel, Data extends object = SessionData> {
  /** The session of this request. Without a cookie it is empty, and it is stored only if it is changed. */
  get session(): SessionView<ColumnsOf<Model>, Data>
  /** An object replaces all properties, and sets `maxAge` if it has one; `null` ends the session, which is `null` from then on. */
  set session(value: SessionView<ColumnsOf<Model>, Data> | Partial<SessionProperties<ColumnsOf<Model>, Data>> | null)
}

/**
 * Names the model that `koa-session-model/augment` gives every context. Set yours by declaration merging.
 *
 * @example
 * ```ts
 * import 'koa-session-model/augment'
 * import type { RegisteredModel } from 'koa-session-model'
 *
 * declare const Sessions: RegisteredModel<{ userId: number | null }>
 *
 * declare module 'koa-session-model' {
 *   interface SessionTypes {
 *     model: typeof Sessions
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented
export interface SessionTypes {}

/** The model of {@link SessionTypes}; without one, a model whose columns are not known. */
export interface RegisteredTypes {
  model: SessionTypes extends { readonly model: infer Model } ? Model : RegisteredModel
}
