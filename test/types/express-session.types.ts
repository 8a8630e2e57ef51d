import fastifySession from '@fastify/session'
import session from 'express-session'
import type { SessionManager } from 'koa-session-model'
import { expressSessionStore } from 'koa-session-model/express-session'

declare const manager: SessionManager<{ userId: number | null }>

// The store is one of the host, and the callbacks of its own methods have types.
const store = expressSessionStore(session, manager)
session({ store, secret: '' })
store.all((_error, sessions) => sessions?.length)
store.length((_error, count) => count?.toFixed())
store.get('id', (_error, data) => data?.cookie.maxAge)

const ofFastify = expressSessionStore(fastifySession, manager, { onGone: async (id) => id.length })
export const options: fastifySession.FastifySessionOptions = { store: ofFastify, secret: '' }
ofFastify.on('connect', () => {})

// @ts-expect-error A store needs a manager.
expressSessionStore(session)
// @ts-expect-error There is no such option.
expressSessionStore(session, manager, { ttl: 1 })
// @ts-expect-error That is no package of a host.
expressSessionStore({}, manager)
