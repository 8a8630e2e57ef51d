import session from 'express-session'
import connect from 'koa-connect'
import { makeApp } from './app.mjs'

/** express-session in Koa, with the options that the pages of its stores tell. */
export function expressSession(store) {
  const middleware = session({ store, secret: 'a secret of the benchmarks', resave: false, saveUninitialized: false })
  return makeApp(connect(middleware), (ctx) => ctx.req.session)
}
