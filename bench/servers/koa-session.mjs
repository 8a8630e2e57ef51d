import session from 'koa-session'
import { makeApp } from './app.mjs'

/** koa-session with its own defaults, on a store. */
export function koaSession(store) {
  const app = makeApp()
  app.middleware.unshift(session({ store }, app))
  return app
}
