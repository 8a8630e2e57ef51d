import Koa from 'koa'
import { session } from 'koa-session-model'
import type { DataSource } from 'typeorm'
import { Accounts } from './accounts/accounts.js'
import { servePublicFiles } from './public-files.js'
import { createRouter } from './routes/router.js'
import { refuseForeignForms, securityHeaders } from './security.js'
import { LiveCounts } from './sessions/live-counts.js'
import { createManager, type DeviceManager } from './sessions/manager.js'

/** The app, and what is to be closed after the last request. */
export interface DevicesApp {
  readonly app: Koa
  readonly manager: DeviceManager
  close(): void
}

/**
 * Makes the app. Call it before `dataSource.initialize()`. `proxy` says that a proxy ends TLS; `now` is the clock, in milliseconds
 * since 1970.
 */
export function createApp(dataSource: DataSource, { proxy = false, now = Date.now } = {}): DevicesApp {
  const { manager, model } = createManager(dataSource, now)
  const counts = new LiveCounts(() => manager.count(), now)
  const router = createRouter({ manager, model, counts, dataSource, now, accounts: new Accounts(dataSource) })
  const app = new Koa({ proxy })
  app.use(securityHeaders).use(servePublicFiles).use(refuseForeignForms).use(session(manager))
  app.use(router.routes()).use(router.allowedMethods())
  return {
    app,
    manager,
    close: () => {
      counts.stop()
      manager.close()
    },
  }
}
