import fastifyCookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import fastify, { type FastifyRequest } from 'fastify'
import { expressSessionStore } from 'koa-session-model/express-session'
import { promised, secret, type TestHost, type TestRequest, type TestSession } from './host.js'

function testRequest(request: FastifyRequest): TestRequest {
  return {
    get session() {
      return request.session as unknown as TestSession
    },
    get id() {
      return request.session.sessionId
    },
    save: () => promised((callback) => request.session.save(callback)),
    saveSoon: () => request.session.save(() => {}),
    destroy: () => promised((callback) => request.session.destroy(callback)),
    regenerate: () => promised((callback) => request.session.regenerate(callback)),
    reload: () => promised((callback) => request.session.reload(callback)),
  }
}

export const fastifyHost: TestHost = {
  name: '@fastify/session',
  async start(manager, { handlers, rolling = false, maxAge, onGone }) {
    const app = fastify()
    await app.register(fastifyCookie)
    await app.register(fastifySession, {
      store: expressSessionStore(fastifySession, manager, { ...(onGone && { onGone }) }),
      secret,
      saveUninitialized: false,
      rolling,
      cookie: { secure: false, ...(maxAge !== undefined && { maxAge }) },
    })
    app.setErrorHandler((error: { code?: string }, _request, reply) => reply.status(500).send({ code: error.code }))
    app.all('/*', async (request) => {
      const path = request.url.split('?')[0] ?? ''
      return JSON.stringify((await handlers[path]?.(testRequest(request))) ?? null)
    })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    return { url, close: async () => void (await app.close()) }
  },
}
