import { expect } from 'chai'
import { bodyOf, everyDatabase, type Handlers, onEach } from './support/site.js'

const polluted = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":"text"}'

const handlers: Handlers = {
  '/assign': async (ctx) => {
    for (const [name, value] of Object.entries(await bodyOf(ctx))) ctx.session[name] = value
  },
  '/replace': async (ctx) => {
    ctx.session = await bodyOf(ctx)
  },
  '/nested': async (ctx) => {
    ctx.session.form = await bodyOf(ctx)
  },
  '/look': (ctx) => {
    const form = ctx.session.form ?? {}
    ctx.body = {
      admin: [ctx.session.admin, Reflect.get({}, 'admin'), Reflect.get(form, 'admin')].map((one) => one === true),
      own: JSON.stringify(ctx.session),
      form: JSON.stringify(form),
    }
  },
}

const nobody = { admin: [false, false, false] }

describe('Prototype pollution: keys such as __proto__ are data', () => {
  onEach(everyDatabase, (start) => {
    it('keys named __proto__ and constructor that a request brings are stored as data, and change no prototype', async () => {
      const { browser } = await start(handlers)
      for (const path of ['/assign', '/replace']) {
        const visitor = browser()
        expect((await visitor.post(path, JSON.parse(polluted))).status).to.equal(200)
        const seen = await visitor.json('/look')
        expect(seen).to.deep.include(nobody)
        const stored = JSON.parse(String(seen.own))
        for (const [name, value] of Object.entries(JSON.parse(polluted))) {
          expect(Object.getOwnPropertyDescriptor(stored, name)?.value).to.deep.equal(value)
        }
      }
    })

    it('the same keys within a value stay what they are', async () => {
      const visitor = (await start(handlers)).browser()
      expect((await visitor.post('/nested', JSON.parse(polluted))).status).to.equal(200)
      const seen = await visitor.json('/look')
      expect(seen).to.deep.include({ ...nobody, form: polluted })
    })

    it('data in the database that names __proto__ changes no prototype either', async () => {
      const { browser, opened } = await start(handlers)
      const visitor = browser()
      await visitor.json('/login')
      await opened.execute(`UPDATE ? SET data = '${polluted}'`)
      expect(await visitor.json('/look')).to.deep.include(nobody)
      expect((await visitor.post('/assign', { more: 1 })).status).to.equal(200)
      expect(await visitor.json('/look')).to.deep.include(nobody)
    })
  })
})
