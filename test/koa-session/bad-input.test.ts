import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { koaSessionStore } from 'koa-session-model/koa-session'
import { expectError } from '../support/errors.js'
import { type Handlers, startHost } from './support/host-site.js'
import { hosts, oldHost } from './support/hosts.js'

const at = () => ({ ctx: {} })

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 42
  },
  '/logout': (ctx) => {
    ctx.session = null as never
  },
}

describe('what is wrong with a store for koa-session', () => {
  it('is told at once: no manager, an option that is none, a manager that is closed', async () => {
    for (const manager of [undefined, null, {}, 'manager', new MemorySessionBackend()]) {
      const error = await expectError('OPTION_INVALID', () => koaSessionStore(manager as never))
      expect(error.message).to.contain('koaSessionStore(new SessionManager(')
    }
    const manager = new SessionManager({ backend: new MemorySessionBackend(), cleanup: false })
    await expectError('OPTION_UNKNOWN', () => koaSessionStore(manager, { ongone: 'throw' } as never))
    await expectError('OPTION_INVALID', () => koaSessionStore(manager, { onGone: 'discard' } as never))
    manager.close()
    await expectError('MANAGER_CLOSED', () => koaSessionStore(manager))
  })

  it('is told by a rejection, once the manager is closed', async () => {
    const { store, manager } = await startHost({})
    manager.close()
    await expectError('MANAGER_CLOSED', () => store.get('a', 0, at()))
    await expectError('MANAGER_CLOSED', () => store.set('a', {}, 0, at()))
    await expectError('MANAGER_CLOSED', () => store.destroy('a', at()))
  })

  it('is that koa-session before 6.1 tells of no request: refused by its first call', async () => {
    const { client, errors } = await startHost(handlers, { host: oldHost })
    for (const path of ['/login', '/logout']) expect(await client().status(path)).to.equal(500)
    const visitor = client()
    visitor.cookie = 'x'
    expect(await visitor.status('/')).to.equal(500)
    expect(errors.map((error) => (error as { code?: string }).code)).to.deep.equal(Array(3).fill('HOST_TOO_OLD'))
    expect(String(errors[0])).to.contain('ContextStore')
  })

  it('is mended for it by ContextStore', async () => {
    const { client } = await startHost(handlers, { host: oldHost, style: 'ContextStore' })
    const visitor = client()
    await visitor.json('/login')
    expect(await visitor.json('/')).to.deep.equal({ userId: 42 })
  })

  for (const [name, host] of hosts) {
    it(`is a row that ${name} cannot hold: the app's event error names the property`, async () => {
      const { client, manager, backend, errors } = await startHost(handlers, { host })
      for (const property of ['length', 'populated', 'externalKey', 'toJSON', '__proto__']) {
        await manager.set('x', { n: 1 })
        const { id, version } = await backend.row()
        const values = { data: `{"${property}":5}`, version: Number(version) + 1 }
        await backend.inner.update([{ id, version, now: new Date(0), values }])
        const visitor = client()
        visitor.cookie = 'x'
        expect(await visitor.status('/')).to.equal(500)
        expect(errors.splice(0)).to.have.nested.property('[0].message').that.contains(`'${property}'`)
      }
    })
  }

  it('is a column with a bigint, of which koa-session makes no JSON', async () => {
    const { store, manager } = await startHost({})
    await manager.set('x', { userId: 5n as never })
    const error = await expectError('NAME_RESERVED', () => store.get('x', 0, at()))
    expect(error.message).to.contain("'userId', since it is a bigint")
  })

  it('is a name that koa-session could not read again: nothing is stored', async () => {
    const { store, backend } = await startHost({})
    for (const name of ['length', 'toJSON', 'isNew', 'maxAge'])
      await expectError('NAME_RESERVED', () => store.set('a', { [name]: 1 }, 0, at()))
    expect(await backend.rows()).to.have.length(0)
  })

  it('is no key that no session can have, since keys come from outside', async () => {
    const { store, client, errors } = await startHost({}, { policy: { hashIds: false } })
    expect(await store.get('~x', 0, at())).to.equal(undefined)
    const visitor = client()
    visitor.cookie = '~x'
    expect(await visitor.json('/')).to.deep.equal({})
    expect(errors).to.deep.equal([])
  })

  it('is a database that fails: the request is answered with 503, and the next one with the session', async () => {
    const { client, backend, errors } = await startHost(handlers)
    const visitor = client()
    await visitor.json('/login')
    backend.before = () => {
      throw new Error('no connection')
    }
    expect(await visitor.status('/')).to.equal(503)
    expect(errors).to.have.length(1)
    backend.before = () => {}
    expect(await visitor.json('/')).to.deep.equal({ userId: 42 })
  })
})
