import { expect } from 'chai'
import { loggedIn } from './support/logged-in.js'
import { bodyOf, everyDatabase, type Handlers, onEach } from './support/site.js'

type Names = Readonly<Record<string, unknown>>

const handlers: Handlers = {
  '/revoke': async (ctx, manager) => {
    const { id } = await bodyOf(ctx)
    ctx.body = { count: await manager.revoke({ userId: id as number }) }
  },
  '/revoke-where': async (ctx, manager) => {
    ctx.body = { count: await manager.revoke((await bodyOf(ctx)) as Names) }
  },
  '/list-where': async (ctx, manager) => {
    ctx.body = { count: (await manager.list((await bodyOf(ctx)) as Names)).length }
  },
}

/** What a request could smuggle into `revoke({ userId: body.id })`. */
const smuggled: readonly unknown[] = [
  undefined,
  {},
  [],
  [1, 2],
  { $ne: null },
  { $gt: 0 },
  { not: null },
  { '[Op.ne]': null },
  { _type: 'not', _value: null, '@instanceof': 'FindOperator' },
  { val: '1 OR 1=1' },
  { type: 'raw', _getSql: '1=1' },
  [[{ $ne: null }]],
]

describe('Injection: a condition takes known columns and plain values only', () => {
  onEach(everyDatabase, (start) => {
    it('an object, an array or nothing where a value should be is refused, and ends no session', async () => {
      const site = await start(handlers)
      const { phone, laptop, other } = await loggedIn(site)
      site.takeStatements()
      for (const id of smuggled) {
        const response = await phone.post('/revoke', { id })
        expect(response.status, JSON.stringify(id)).to.equal(500)
      }
      expect(site.errors.map((error) => Reflect.get(error as object, 'code'))).to.deep.equal(
        smuggled.map(() => 'WHERE_INVALID'),
      )
      for (const browser of [phone, laptop, other]) expect(await browser.json('/me')).to.include({ isNew: false })
    })

    it('a whole condition of a request cannot name what is no column, and an empty one ends no session', async () => {
      const site = await start(handlers)
      const { phone } = await loggedIn(site)
      expect((await phone.post('/revoke-where', {})).status).to.equal(500)
      const conditions = ['[]', 'null', '"x"', '{"data":"{}"}', '{"expires":null}', '{"1=1 OR id":"x"}']
      conditions.push('{"__proto__":{"userId":1}}', '{"constructor":1}', '{"$or":[]}', '{"and":1}')
      for (const body of conditions) {
        for (const path of ['/revoke-where', '/list-where']) {
          expect((await phone.post(path, JSON.parse(body))).status, body).to.equal(500)
        }
      }
      expect(await site.manager.list({ userId: 1 })).to.have.length(2)
    })

    it('text is never taken for SQL', async () => {
      const site = await start(handlers)
      const { phone, other } = await loggedIn(site)
      for (const label of ["' OR '1'='1", "x'; DELETE FROM security; --", '\\', '%', '_______', '"; --']) {
        expect(await (await phone.post('/revoke-where', { label })).json(), label).to.deep.equal({ count: 0 })
      }
      expect(await other.json('/me')).to.include({ userId: 2 })
    })

    it('a name that a collation takes for equal is not the same user', async () => {
      const site = await start(handlers)
      const { phone } = await loggedIn(site)
      for (const label of ['jose', 'josé']) await site.manager.set(label, { userId: 5, label })
      for (const label of ['JOSE', 'jose ', 'José']) {
        expect(await (await phone.post('/revoke-where', { label })).json(), label).to.deep.equal({ count: 0 })
      }
      expect(await (await phone.post('/revoke-where', { label: 'jose' })).json()).to.deep.equal({ count: 1 })
      expect(await site.manager.get('josé')).to.include({ label: 'josé' })
    })

    it('a number or a boolean is not equal to all texts, as MySQL takes it to be', async () => {
      const site = await start(handlers)
      const { phone } = await loggedIn(site)
      for (const label of [0, false, 1, true]) {
        const response = await phone.post('/list-where', { label })
        expect(await response.json()).to.deep.equal({ count: 0 })
      }
      for (const id of [0, false, null]) expect((await phone.post('/revoke-where', { id })).status).to.equal(500)
      expect(await site.manager.list({ userId: 1 })).to.have.length(2)
    })
  })
})
