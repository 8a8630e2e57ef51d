import type { Context } from 'koa'
import type { Account } from '../accounts/account.js'
import type { Accounts } from '../accounts/accounts.js'
import { type Page, renderPage } from '../pages/page.js'
import type { DeviceContext } from '../sessions/manager.js'

type Ctx = Context & DeviceContext

/** The account that is logged in. Leads to the login if there is none, and back afterwards. */
export async function loggedIn(ctx: Ctx, accounts: Accounts): Promise<Account | undefined> {
  const { accountId } = ctx.session
  const account = accountId === null ? null : await accounts.find(accountId)
  if (account) return account
  const back = ctx.method === 'GET' ? `?to=${encodeURIComponent(ctx.path)}` : ''
  ctx.status = 303
  ctx.redirect(`/login${back}`)
  return undefined
}

/** Shows a page, with the notice that a form has left for it. */
export async function show(ctx: Ctx, page: Omit<Page, 'notice' | 'path'>): Promise<void> {
  const notice = await ctx.session.take('notice')
  ctx.type = 'html'
  ctx.body = renderPage({ ...page, path: ctx.path, notice })
}

/** Leads to a page after a form. `notice` is shown there once. */
export function leadTo(ctx: Ctx, path: string, notice?: string): void {
  if (notice !== undefined) ctx.session.notice = notice
  ctx.status = 303
  ctx.redirect(path)
}

/** The path that a login leads back to: a path of this site, never another address. */
export function pathBack(given: string | null | undefined): string {
  return given !== null && given !== undefined && /^\/[a-z]*$/.test(given) ? given : '/devices'
}
