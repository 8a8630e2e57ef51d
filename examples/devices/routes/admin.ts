import type { Context } from 'koa'
import type { Account } from '../accounts/account.js'
import { adminPage, type BrowserCount } from '../pages/admin.js'
import type { DeviceContext } from '../sessions/manager.js'
import type { Sessions } from '../sessions/web-session.js'
import { field, readForm } from './form.js'
import type { DeviceRouter, Services } from './router.js'
import { leadTo, loggedIn, show } from './visitor.js'

export function addAdmin(router: DeviceRouter, services: Services): void {
  const { manager, accounts, counts } = services

  router.get('/admin', async (ctx) => {
    const account = await administrator(ctx, services)
    if (!account) return
    const [living, browsers, newest, names] = await Promise.all([
      manager.count(),
      byBrowser(services),
      newestSessions(services),
      accounts.names(),
    ])
    await show(ctx, adminPage({ account, living, browsers, newest, names }))
  })

  router.get('/admin/counts', async (ctx) => {
    if (await administrator(ctx, services)) ctx.body = await counts.read()
  })

  router.post('/admin/revoke', async (ctx) => {
    const account = await administrator(ctx, services)
    if (!account) return
    const user = await accounts.findByName(field(ctx, await readForm(ctx), 'name', 50))
    const count = user ? await manager.revoke({ accountId: user.id }, { except: ctx.session }) : 0
    leadTo(ctx, '/admin', user ? `${count} sessions of ${user.name} are ended.` : 'Nobody has that name.')
  })
}

/** The account, if it is an administrator's. Anybody else gets the page of an unknown path: there is nothing to find out. */
async function administrator(ctx: Context & DeviceContext, { accounts }: Services): Promise<Account | undefined> {
  const account = await loggedIn(ctx, accounts)
  if (account && account.role !== 'admin') ctx.throw(404)
  return account
}

/** The number of living sessions by browser: a query builder of TypeORM on your own table. */
async function byBrowser({ dataSource, model }: Services): Promise<BrowserCount[]> {
  const query = dataSource.getRepository(model).createQueryBuilder('session').where(model.active)
  const rows = await query
    .select('session.browser', 'browser')
    .addSelect('COUNT(*)', 'count')
    .groupBy('session.browser')
    .getRawMany<{ browser: string | null; count: string | number }>()
  const counts = rows.map(({ browser, count }) => ({ browser: browser ?? 'Not logged in', count: Number(count) }))
  return counts.sort((one, other) => other.count - one.count)
}

/** The sessions that began last. */
function newestSessions({ dataSource, model }: Services): Promise<InstanceType<Sessions>[]> {
  const query = dataSource.getRepository(model).createQueryBuilder('session').where(model.active)
  return query.orderBy('session.createdAt', 'DESC').limit(10).getMany()
}
