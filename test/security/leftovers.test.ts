import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { Session } from '../../src/core/session/session.js'
import { share } from '../../src/core/session/shared.js'
import { isFoundIn } from '../support/found-in.js'
import { ManualAlarm } from '../support/manual-alarm.js'
import type { OpenModel } from '../support/matrix.js'
import type { Browser } from './support/browser.js'
import { everyDatabase, type Handlers, type Options, onEach, type Site } from './support/site.js'

const secrets = ['ann@example.com', 'asthma', 'penicillin']

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    Object.assign(ctx.session, { userId: 1, label: 'ann@example.com', medical: 'asthma', more: { drug: 'penicillin' } })
  },
  '/null': (ctx) => {
    ctx.session = null
  },
}

const settings: readonly Options[] = [
  {},
  { encryptionKeys: [randomBytes(32)] },
  { hashIds: false },
  { hashIds: false, encryptionKeys: [randomBytes(32)], grace: '10m' },
]

/** All ways to end the session of a browser. */
const endings: Readonly<Record<string, (user: Browser, site: Site, old: Browser) => Promise<unknown>>> = {
  'destroy()': (user) => user.json('/logout'),
  'destroy() with the first id': (_, __, old) => old.json('/logout'),
  'ctx.session = null': (user) => user.json('/null'),
  'revoke() by the user': (_, { manager }) => manager.revoke({ userId: 1 }),
  'revoke() by a text': (_, { manager }) => manager.revoke({ label: 'ann@example.com' }),
  'revoke() by the id': ({ id }, { manager }) => manager.revoke({ id: manager.rowId(id) }),
  'deleteAll()': (_, { manager }) => manager.deleteAll(),
}

/** A user who has got three new ids. */
async function rotated({ browser }: Site): Promise<{ user: Browser; old: Browser; ids: string[] }> {
  const user = browser()
  await user.json('/login')
  const [old, ids] = [user.copy(), [user.id]]
  for (let n = 0; n < 3; n++) {
    await user.json('/login')
    ids.push(user.id)
  }
  return { user, old, ids }
}

const secretsIn = (rows: unknown): string[] => secrets.filter((secret) => isFoundIn(rows, secret))
const tracesIn = async ({ opened }: { opened: OpenModel }) =>
  (await opened.dump()).filter(({ id }) => String(id).startsWith('~'))

/** What a process has, of its own, on the model of a site. */
function newProcess({ opened, clock }: Site, options: Options = {}) {
  const { proxy, ...policy } = options
  const manager = new SessionManager({ model: opened.model, cleanup: false, now: clock.now, ...policy })
  const alarm = new ManualAlarm()
  const shared = share(manager.options, alarm.set)
  const login = async (): Promise<string> => {
    const session = new Session(shared)
    session.properties.replace({ userId: 1, label: 'ann@example.com', medical: 'asthma' })
    await session.save()
    for (let n = 0; n < 3; n++) {
      await session.regenerate()
      await session.save()
    }
    return session.id
  }
  return { manager, alarm, login }
}

describe('What ends leaves nothing: in the table nothing is left of a session that has ended', () => {
  onEach(everyDatabase, (start) => {
    it('what a replaced id leaves cannot be read, and ends with its session, however that ends', async () => {
      for (const options of settings) {
        for (const [name, end] of Object.entries(endings)) {
          const site = await start(handlers, { cleanup: false, ...options })
          const { user, old, ids } = await rotated(site)
          const what = `${name}, ${Object.keys(options)}`
          expect(await tracesIn(site), what).to.have.length(3)
          expect(secretsIn(await tracesIn(site)), what).to.deep.equal([])
          const dump = await site.opened.dump()
          if (Object.keys(options).length === 0) expect(secretsIn(dump)).to.deep.equal(secrets)
          const found = ids.map((id) => isFoundIn(dump, id.slice(4, -4)))
          expect(found, what).to.deep.equal([false, false, false, options.hashIds === false])
          await end(user, site, old)
          expect(await site.opened.dump(), what).to.deep.equal([])
        }
      }
    })

    it('a session that ends without being read leaves nothing that can be read', async () => {
      for (const options of settings) {
        const site = await start(handlers, { cleanup: false, load: 'lazy', ...options })
        const { manager, login } = newProcess(site, options)
        const user = site.browser()
        user.id = await login()
        await user.json('/logout')
        expect(secretsIn(await site.opened.dump())).to.deep.equal([])
        expect(await tracesIn(site)).to.have.length(options.hashIds === false ? 0 : 3)
        await manager.delete(await login())
        expect(secretsIn(await site.opened.dump())).to.deep.equal([])
        await site.opened.execute('DELETE FROM ?')
      }
    })

    it('what other processes have left cannot be read, and is removed within a minute after the grace', async () => {
      const site = await start(handlers, { cleanup: false })
      const [first, second] = [newProcess(site), newProcess(site)]
      await first.login()
      expect(await site.manager.revoke({ userId: 1 })).to.equal(1)
      expect(await tracesIn(site)).to.have.length(3)
      expect(secretsIn(await site.opened.dump())).to.deep.equal([])
      await second.login()
      await first.alarm.goOff()
      expect(await tracesIn(site)).to.have.length(6)
      site.clock.pass(60)
      // The first process has died. What it has left is removed by any other one.
      await second.alarm.goOff()
      expect(await tracesIn(site)).to.deep.equal([])
      expect(await site.opened.count('active')).to.equal(1)
    })
  })
})
