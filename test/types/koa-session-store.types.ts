import Koa from 'koa'
import session, { type CreateSessionOptions } from 'koa-session'
import type { SessionManager } from 'koa-session-model'
import { koaSessionStore } from 'koa-session-model/koa-session'

declare const manager: SessionManager<{ userId: number | null }, { cart: string[] }>

const store = koaSessionStore(manager, { onGone: 'throw' })
export const both: CreateSessionOptions = { store, ContextStore: store.ContextStore, maxAge: 'session' }
new Koa().use(session({ store }, new Koa()))

/** The store of `@types/koa-session`, which knows of no request. */
interface OlderStore {
  get(key: string, maxAge: number | 'session' | undefined, data: { rolling: boolean | undefined }): unknown
  set(key: string, session: { _expire?: number }, maxAge: number | undefined, data: { changed: boolean }): unknown
  destroy(key: string): unknown
}
export const older: OlderStore = store
export const olderClass: new (ctx: Koa.Context) => OlderStore = store.ContextStore

// @ts-expect-error: no such option
koaSessionStore(manager, { ongone: 'throw' })
// @ts-expect-error: no manager
koaSessionStore({ store })
