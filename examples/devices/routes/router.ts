import type { DefaultState } from 'koa'
import Router from 'koa-router'
import type { DataSource } from 'typeorm'
import type { Accounts } from '../accounts/accounts.js'
import type { LiveCounts } from '../sessions/live-counts.js'
import type { DeviceContext, DeviceManager } from '../sessions/manager.js'
import type { Sessions } from '../sessions/web-session.js'
import { addAdmin } from './admin.js'
import { addCart } from './cart.js'
import { addDevices } from './devices.js'
import { addLive } from './live.js'
import { addLogin } from './login.js'
import { addPassword } from './password.js'

export type DeviceRouter = Router<DefaultState, DeviceContext>

/** What the routes work with. */
export interface Services {
  readonly manager: DeviceManager
  readonly model: Sessions
  readonly counts: LiveCounts
  readonly dataSource: DataSource
  readonly accounts: Accounts
  /** The clock, in milliseconds since 1970. */
  now(): number
}

export function createRouter(services: Services): DeviceRouter {
  const router: DeviceRouter = new Router<DefaultState, DeviceContext>()
  router.get('/', (ctx) => ctx.redirect(ctx.session.accountId === null ? '/login' : '/devices'))
  addLogin(router, services)
  addDevices(router, services)
  addCart(router, services)
  addLive(router, services)
  addPassword(router, services)
  addAdmin(router, services)
  return router
}
