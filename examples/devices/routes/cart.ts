import type { Context } from 'koa'
import { cartPage } from '../pages/cart.js'
import type { DeviceContext } from '../sessions/manager.js'
import { field, readForm } from './form.js'
import type { DeviceRouter, Services } from './router.js'
import { leadTo, show } from './visitor.js'

const mostThings = 20

export function addCart(router: DeviceRouter, { manager, accounts }: Services): void {
  router.get('/cart', async (ctx) => {
    const { accountId, cart = {} } = ctx.session
    await show(ctx, cartPage({ account: accountId === null ? null : await accounts.find(accountId), cart }))
  })

  router.post('/cart', async (ctx) => {
    await add(ctx, field(ctx, await readForm(ctx), 'thing', 40))
    leadTo(ctx, '/cart')
  })

  /** Twenty sessions of one cookie at once, as twenty requests have them. The page's script sends real requests instead. */
  router.post('/cart/twenty', async (ctx) => {
    if (ctx.session.isNew) await ctx.session.update((s) => void (s.cart ??= {}))
    const secure = ctx.secure
    const cookie = ctx.headers.cookie ?? ''
    const sessions = await Promise.all(Array.from({ length: 20 }, () => manager.fromRequest({ headers: { cookie } }, { secure })))
    await Promise.all(sessions.map((session) => session?.update((s) => void (s.cart = withOneMore(s.cart, 'tea')))))
    leadTo(ctx, '/cart')
  })

  router.post('/cart/empty', async (ctx) => {
    ctx.session.cart = {}
    leadTo(ctx, '/cart')
  })
}

/** Adds one thing. `update()` reads, changes and writes again if another request was faster, so no number is lost. */
async function add(ctx: Context & DeviceContext, thing: string): Promise<void> {
  await ctx.session.update((s) => {
    s.cart = withOneMore(s.cart, thing)
  })
}

function withOneMore(cart: Record<string, number> = {}, thing: string): Record<string, number> {
  if (!Object.hasOwn(cart, thing) && Object.keys(cart).length >= mostThings) return cart
  return { ...cart, [thing]: (cart[thing] ?? 0) + 1 }
}
