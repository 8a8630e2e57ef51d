import { expect } from 'chai'
import { expectError } from '../support/errors.js'
import { start } from './support/site.js'

const names = [
  'id',
  'isNew',
  'createdAt',
  'expires',
  'length',
  'populated',
  'save',
  'reload',
  'update',
  'take',
  'touch',
  'regenerate',
  'destroy',
  'toJSON',
]

const ways: Readonly<Record<string, (session: object, name: string) => unknown>> = {
  assigning: (session, name) => Reflect.set(session, name, 1),
  'Object.assign': (session, name) => Object.assign(session, { [name]: 1 }),
  'Object.defineProperty': (session, name) => Object.defineProperty(session, name, { value: 1 }),
}

describe('a name that the session uses itself', () => {
  for (const [way, assign] of Object.entries(ways)) {
    it(`cannot be set by ${way}`, async () => {
      const { backend, client } = await start({
        '/': async (ctx) => {
          for (const name of names) {
            const before = Reflect.get(ctx.session, name)
            const error = await expectError('NAME_RESERVED', () => assign(ctx.session, name))
            expect(error.message).to.contain(`'${name}'`)
            if (name !== 'expires') expect(Reflect.get(ctx.session, name)).to.equal(before)
          }
        },
      })
      await client().json('/')
      expect(backend.takeCalls()).to.deep.equal([])
    })
  }

  it('is there, but is not among the properties', async () => {
    const { client } = await start({
      '/': (ctx) => {
        for (const name of names) expect(name in ctx.session, name).to.equal(true)
        expect(Object.keys(ctx.session)).to.deep.equal(['userId', 'label', 'seenAt'])
      },
    })
    await client().json('/')
  })

  it('cannot be a symbol', async () => {
    const { client } = await start({
      '/': async (ctx) => {
        await expectError('NAME_RESERVED', () => Reflect.set(ctx.session, Symbol('x'), 1))
      },
    })
    await client().json('/')
  })
})
