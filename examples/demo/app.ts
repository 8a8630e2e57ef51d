import Koa from 'koa'
import { SessionManager, session } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import type { DataSource } from 'typeorm'
import { createRouter, type DemoManager } from './routes.js'
import { securityHeaders } from './security-headers.js'
import { WebSession } from './web-session.js'

/** The app, and the manager of its sessions, to be closed after the last request. */
export function createApp(dataSource: DataSource): { app: Koa; manager: DemoManager } {
  const manager: DemoManager = new SessionManager({ model: registerSessionModel(dataSource, WebSession) })
  const router = createRouter(manager)
  const app = new Koa()
  app.use(securityHeaders).use(session(manager)).use(router.routes()).use(router.allowedMethods())
  return { app, manager }
}
