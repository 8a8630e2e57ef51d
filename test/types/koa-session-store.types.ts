import Koa from 'koa'
import session, { type CreateSessionOptions } from 'koa-session'
import type { SessionManager } from 'koa-session-model'
import { koaSessionStore } from 'koa-session-model/koa-session'

declare const manager: SessionManager<{ userId: number | null }, { cart: string[] }>

const store = koaSessionStore(manager, { onGone: 'throw' })
export const both: CreateSessionOptions = { store, ContextStore: store.ContextStore, maxAge: 'session' }
new Koa().use(session({ store }, new Koa()))

// @ts-expect-error: no such option
koaSessionStore(manager, { ongone: 'throw' })
// @ts-expect-error: no manager
koaSessionStore({ store })
