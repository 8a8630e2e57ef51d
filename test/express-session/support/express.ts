import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type Request } from 'express'
import session from 'express-session'
import { expressSessionStore } from 'koa-session-model/express-session'
import { type AppOptions, promised, secret, type TestHost, type TestRequest, type TestSession } from './host.js'

/** The middleware of `express-session` on a store of the manager. */
export function sessions(manager: Parameters<TestHost['start']>[0], { rolling = false, maxAge, onGone }: AppOptions) {
  return session({
    store: expressSessionStore(session, manager, { ...(onGone && { onGone }) }),
    secret,
    resave: false,
    saveUninitialized: false,
    rolling,
    cookie: { ...(maxAge !== undefined && { maxAge }) },
  })
}

export function testRequest(request: Request): TestRequest {
  return {
    get session() {
      return request.session as unknown as TestSession
    },
    get id() {
      return request.sessionID
    },
    save: () => promised((callback) => request.session.save(callback)),
    saveSoon: () => void request.session.save(),
    destroy: () => promised((callback) => request.session.destroy(callback)),
    regenerate: () => promised((callback) => request.session.regenerate(callback)),
    reload: () => promised((callback) => request.session.reload(callback)),
  }
}

const showError: ErrorRequestHandler = (error: { code?: string }, _request, response, _next) => {
  if (response.headersSent) return void response.end()
  response.status(500).json({ code: error.code })
}

export const expressHost: TestHost = {
  name: 'express-session',
  async start(manager, options) {
    const app = express()
    app.use(sessions(manager, options))
    app.use(async (request, response) => {
      response.json((await options.handlers[request.path]?.(testRequest(request))) ?? null)
    })
    app.use(showError)
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      close: async () => {
        server.close()
        server.closeAllConnections()
      },
    }
  },
}
