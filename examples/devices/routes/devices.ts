import { devicesPage } from '../pages/devices.js'
import { field, readForm } from './form.js'
import type { DeviceRouter, Services } from './router.js'
import { leadTo, loggedIn, show } from './visitor.js'

export function addDevices(router: DeviceRouter, { manager, accounts, now }: Services): void {
  router.get('/devices', async (ctx) => {
    const account = await loggedIn(ctx, accounts)
    if (!account) return
    const devices = await manager.list({ accountId: account.id })
    // A session is listed under the hash of its id, so the page never shows what opens it.
    await show(ctx, devicesPage({ account, devices, current: manager.rowId(ctx.session.id), now: new Date(now()) }))
  })

  router.post('/devices/end', async (ctx) => {
    const account = await loggedIn(ctx, accounts)
    if (!account) return
    const id = field(ctx, await readForm(ctx), 'id')
    // Both conditions together: nobody ends a session of another account.
    const count = await manager.revoke({ id, accountId: account.id })
    leadTo(ctx, '/devices', count === 0 ? 'That device was signed out already.' : 'The device is signed out.')
  })

  router.post('/devices/end-others', async (ctx) => {
    const account = await loggedIn(ctx, accounts)
    if (!account) return
    const count = await manager.revoke({ accountId: account.id }, { except: ctx.session })
    leadTo(ctx, '/devices', `${count} other ${count === 1 ? 'device is' : 'devices are'} signed out.`)
  })
}
