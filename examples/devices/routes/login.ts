import type { Context } from 'koa'
import type { Account } from '../accounts/account.js'
import { loginPage, registerPage } from '../pages/login.js'
import { deviceOf } from '../sessions/device-of.js'
import type { DeviceContext } from '../sessions/manager.js'
import { field, readForm } from './form.js'
import type { DeviceRouter, Services } from './router.js'
import { leadTo, pathBack, show } from './visitor.js'

const shortestPassword = 8

export function addLogin(router: DeviceRouter, { accounts }: Services): void {
  router.get('/login', (ctx) => show(ctx, loginPage({ to: pathBack(String(ctx.query.to)) })))

  router.get('/register', (ctx) => show(ctx, registerPage({})))

  router.post('/register', async (ctx) => {
    const form = await readForm(ctx)
    const name = field(ctx, form, 'name', 50)
    const password = field(ctx, form, 'password', 200)
    if (password.length < shortestPassword) {
      return refuse(ctx, registerPage({ name, problem: `A password has at least ${shortestPassword} characters.` }))
    }
    const account = await accounts.register(name, password)
    if (!account) return refuse(ctx, registerPage({ name, problem: 'This name is taken.' }))
    await logIn(ctx, account, form.has('remember'))
    leadTo(ctx, '/devices', account.role === 'admin' ? 'Welcome. The first account is the administrator.' : 'Welcome.')
  })

  router.post('/login', async (ctx) => {
    const form = await readForm(ctx)
    const name = field(ctx, form, 'name', 50)
    const account = await accounts.logIn(name, field(ctx, form, 'password', 200))
    const to = pathBack(form.get('to'))
    if (!account) return refuse(ctx, loginPage({ name, to, problem: 'The name or the password is wrong.' }))
    await logIn(ctx, account, form.has('remember'))
    leadTo(ctx, to)
  })

  router.post('/logout', async (ctx) => {
    await ctx.session.destroy()
    leadTo(ctx, '/login')
  })
}

/** Begins a login in this session. The cart stays; the id is a new one, against session fixation. */
async function logIn(ctx: Context & DeviceContext, account: Account, isRemembered: boolean): Promise<void> {
  await ctx.session.regenerate()
  Object.assign(ctx.session, { accountId: account.id, ...deviceOf(ctx.get('User-Agent')) })
  if (isRemembered) ctx.session.maxAge = '30d' // else the cookie ends with the browser
}

async function refuse(ctx: Context & DeviceContext, page: ReturnType<typeof loginPage>): Promise<void> {
  await show(ctx, page)
  ctx.status = 422
}
