import { expect } from 'chai'
import { expectError } from '../support/errors.js'
import { latch } from './support/latch.js'
import { type Context, start } from './support/site.js'

/** Runs `act` in a request whose session ends before, and shows what came of it. */
async function whileItEnds(act: (ctx: Context) => unknown) {
  const [loaded, ended] = [latch(), latch()]
  const site = await start({
    '/login': (ctx) => {
      Object.assign(ctx.session, { userId: 1, cart: ['book'] })
    },
    '/act': async (ctx) => {
      loaded.open()
      await ended.promise
      await act(ctx)
    },
  })
  const visitor = site.client()
  await visitor.json('/login')
  const { id } = visitor
  const acting = visitor.request('/act')
  await loaded.promise
  await site.manager.revoke({ userId: 1 })
  ended.open()
  const response = await acting
  return { ...site, visitor, id, response, rows: await site.backend.rows() }
}

const write = ({ session }: Context): void => {
  session.cart = []
}

const acts: Readonly<Record<string, (ctx: Context) => unknown>> = {
  'data was written': write,
  'a column was written': ({ session }) => {
    session.label = 'x'
  },
  'touch() was called': ({ session }) => session.touch(),
  'regenerate() was called': ({ session }) => session.regenerate(),
  'destroy() was called': ({ session }) => session.destroy(),
}

describe('a session that was ended while a request ran', () => {
  for (const [name, act] of Object.entries(acts)) {
    it(`stays so, and the cookie is cleared, if ${name}`, async () => {
      const { response, visitor, rows, errors } = await whileItEnds(act)
      expect(response.status).to.equal(200)
      expect(rows).to.deep.equal([])
      expect(visitor.cookie).to.equal(undefined)
      expect(errors).to.deep.equal([])
    })
  }

  const rejecting: Readonly<Record<string, (ctx: Context) => Promise<void>>> = {
    'save()': (ctx) => {
      write(ctx)
      return ctx.session.save()
    },
    'reload()': (ctx) => ctx.session.reload(),
    'update()': (ctx) => ctx.session.update((session) => Object.assign(session, { cart: [] })),
  }
  for (const [name, act] of Object.entries(rejecting)) {
    it(`lets ${name} reject, which answers with 401`, async () => {
      const { response, visitor, rows, errors } = await whileItEnds(act)
      expect(response.status).to.equal(401)
      expect(rows).to.deep.equal([])
      expect(visitor.cookie).to.equal(undefined)
      expect(errors).to.have.length(1)
      await expectError('SESSION_GONE', () => Promise.reject(errors[0]))
    })
  }

  it('lets the handler begin another one, with another id', async () => {
    const { visitor, id, rows } = await whileItEnds(async (ctx) => {
      write(ctx)
      await expectError('SESSION_GONE', () => ctx.session.save())
      expect({ ...ctx.session }).to.deep.equal({ userId: null, label: null, seenAt: null })
      ctx.session.label = 'next'
    })
    expect(visitor.id).not.to.equal(id)
    expect(rows).to.have.length(1)
    expect(rows[0]?.columns).to.include({ userId: null, label: 'next' })
  })
})
