import { cartPage } from '../pages/cart.js'
import type { DeviceContext } from '../sessions/manager.js'
import { field, readForm } from './form.js'
import type { DeviceRouter, Services } from './router.js'
import { leadTo, show } from './visitor.js'

const mostThings = 20

export function addCart(router: DeviceRouter, { manager, accounts }: Services): void {
  router.get('/cart', async (ctx) => {
    const { accountId, cart = {}, isNew } = ctx.session
    const account = accountId === null ? null : await accounts.find(accountId)
    await show(ctx, cartPage({ account, cart, hasSession: !isNew }))
  })

  router.post('/cart', async (ctx) => {
    await addTo(ctx.session, field(ctx, await readForm(ctx), 'thing', 40))
    leadTo(ctx, '/cart')
  })

  /** Twenty sessions of one cookie at once, as twenty requests have them. The page's script sends real requests instead. */
  router.post('/cart/twenty', async (ctx) => {
    const open = (): ReturnType<typeof manager.fromRequest> => manager.fromRequest(ctx.req, { secure: ctx.secure })
    const sessions = await Promise.all(Array.from({ length: 20 }, open))
    await Promise.all(sessions.map((session) => session && addTo(session, 'tea')))
    leadTo(ctx, '/cart')
  })

  router.post('/cart/empty', async (ctx) => {
    ctx.session.cart = {}
    leadTo(ctx, '/cart')
  })
}

/** Adds one thing. `update()` reads, changes and writes again if another request was faster, so no number is lost. */
async function addTo(session: DeviceContext['session'], thing: string): Promise<void> {
  await session.update((s) => {
    s.cart = withOneMore(s.cart, thing)
  })
}

function withOneMore(cart: Record<string, number> = {}, thing: string): Record<string, number> {
  if (!Object.hasOwn(cart, thing) && Object.keys(cart).length >= mostThings) return cart
  return { ...cart, [thing]: (cart[thing] ?? 0) + 1 }
}
