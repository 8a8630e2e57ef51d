import type { Context } from 'koa'
import { confirmPage, passwordPage } from '../pages/password.js'
import type { DeviceContext } from '../sessions/manager.js'
import { field, readForm } from './form.js'
import type { DeviceRouter, Services } from './router.js'
import { leadTo, loggedIn, show } from './visitor.js'

/** The time after a login, in milliseconds, for which the password is not asked for again. */
const freshness = 5 * 60_000

export function addPassword(router: DeviceRouter, { manager, accounts, now }: Services): void {
  router.get('/password', async (ctx) => {
    const account = await loggedIn(ctx, accounts)
    if (!account) return
    await show(ctx, isFresh(ctx, now()) ? passwordPage({ account }) : confirmPage({ account }))
  })

  router.post('/password/confirm', async (ctx) => {
    const account = await loggedIn(ctx, accounts)
    if (!account) return
    const isRight = await accounts.logIn(account.name, field(ctx, await readForm(ctx), 'password', 200))
    if (!isRight) return refuse(ctx, confirmPage({ account, problem: 'The password is wrong.' }))
    await ctx.session.regenerate() // authenticatedAt is now
    leadTo(ctx, '/password')
  })

  router.post('/password', async (ctx) => {
    const account = await loggedIn(ctx, accounts)
    if (!account) return
    if (!isFresh(ctx, now())) return leadTo(ctx, '/password')
    const password = field(ctx, await readForm(ctx), 'password', 200)
    if (password.length < 8)
      return refuse(ctx, passwordPage({ account, problem: 'A password has at least 8 characters.' }))
    await accounts.changePassword(account, password)
    // Whoever knew the old password is out, and so is an id that was stolen before.
    await manager.revoke({ accountId: account.id }, { except: ctx.session })
    await ctx.session.regenerate({ grace: 0 })
    leadTo(ctx, '/devices', 'The password is changed, and all other devices are signed out.')
  })
}

function isFresh({ session }: DeviceContext, now: number): boolean {
  return session.authenticatedAt !== null && now - session.authenticatedAt.getTime() < freshness
}

async function refuse(ctx: Context & DeviceContext, page: ReturnType<typeof passwordPage>): Promise<void> {
  await show(ctx, page)
  ctx.status = 422
}
