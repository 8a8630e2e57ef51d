import type { Context, DefaultState, Next } from 'koa'
import Router from 'koa-router'
import type { ColumnsOf, SessionContext, SessionManager } from 'koa-session-model'
import { readField } from './form.js'
import { renderPage } from './page.js'
import type { SessionContent, Sessions } from './web-session.js'

type DemoContext = SessionContext<Sessions, SessionContent>
export type DemoManager = SessionManager<ColumnsOf<Sessions>, SessionContent>

/** One page to look at; everything else is a form that leads back to it. */
export function createRouter(manager: DemoManager): Router<DefaultState, DemoContext> {
  const router = new Router<DefaultState, DemoContext>()
  addPage(router, manager)
  addLogin(router)
  addCart(router)
  addSessionList(router, manager)
  return router
}

function addPage(router: Router<DefaultState, DemoContext>, manager: DemoManager): void {
  router.get('/', async (ctx) => {
    // A visitor who has stored nothing is not counted, and so needs neither a row nor a cookie.
    if (!ctx.session.isNew) {
      await ctx.session.update((s) => {
        s.views = (s.views ?? 0) + 1
      })
    }
    const { userName, views = 0, cart = [] } = ctx.session
    const sessions = userName === null ? [] : await manager.list({ userName })
    ctx.type = 'html'
    // A session is listed under the hash of its id, so that the page never shows what opens it.
    const currentSession = manager.rowId(ctx.session.id)
    ctx.body = renderPage({ userName, views, cart, sessions, currentSession })
  })
}

function addLogin(router: Router<DefaultState, DemoContext>): void {
  router.post('/login', backToPage, async (ctx) => {
    const userName = await readField(ctx, 'userName')
    await ctx.session.regenerate()
    ctx.session.userName = userName
    ctx.session.userAgent = ctx.get('User-Agent').slice(0, 255)
  })

  router.post('/logout', backToPage, async (ctx) => {
    await ctx.session.destroy()
  })
}

function addCart(router: Router<DefaultState, DemoContext>): void {
  router.post('/cart/add', backToPage, async (ctx) => {
    const item = await readField(ctx, 'item')
    await ctx.session.update((s) => {
      s.cart = [...(s.cart ?? []), item].slice(0, 50)
    })
  })

  router.post('/cart/remove', backToPage, async (ctx) => {
    const item = await readField(ctx, 'item')
    await ctx.session.update((s) => {
      const { cart = [] } = s
      if (cart.includes(item)) s.cart = cart.toSpliced(cart.indexOf(item), 1)
    })
  })
}

function addSessionList(router: Router<DefaultState, DemoContext>, manager: DemoManager): void {
  router.post('/sessions/end', backToPage, async (ctx) => {
    const { userName } = ctx.session
    if (userName === null) ctx.throw(401, 'Log in first.')
    // Both conditions together: nobody ends the session of another user.
    await manager.revoke({ id: await readField(ctx, 'id'), userName })
  })
}

async function backToPage(ctx: Context, next: Next): Promise<void> {
  await next()
  ctx.status = 303
  ctx.redirect('/')
}
