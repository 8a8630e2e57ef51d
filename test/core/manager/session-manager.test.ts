import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { hashId } from '../../../src/core/codec/id.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

interface Columns {
  userId: number | null
}

function setUp(options: SessionPolicy = {}) {
  const clock = new Clock()
  const backend = new MemorySessionBackend<Columns>({ userId: null })
  const manager = new SessionManager({
    backend,
    cleanup: false,
    now: clock.now,
    maxAge: '10s',
    touchAfter: 0.5,
    ...options,
  })
  return { clock, backend, manager }
}

describe('the plain store', () => {
  it('sets, gets and deletes under any id', async () => {
    const { manager } = setUp()
    for (const id of ['a', 'A', ' a ', 'ż🙂', "'; --", 'x'.repeat(5000)]) {
      await manager.set(id, { of: id, userId: 7 })
      expect({ ...(await manager.get(id)) }, id).to.deep.equal({ of: id, userId: 7 })
    }
    expect(await manager.get('a')).to.include({ of: 'a' })
    await manager.delete('a')
    await manager.delete('a')
    expect(await manager.get('a')).to.equal(undefined)
    expect(await manager.get('A')).to.include({ of: 'A' })
  })

  for (const id of ['', undefined, null, 42, {}]) {
    it(`refuses ${JSON.stringify(id)} as an id`, async () => {
      const { manager } = setUp()
      await expectError('ID_INVALID', () => manager.get(id as string))
      await expectError('ID_INVALID', () => manager.set(id as string, {}))
      await expectError('ID_INVALID', () => manager.delete(id as string))
    })
  }

  it('replaces everything and resets the expiry', async () => {
    const { manager, clock } = setUp()
    await manager.set('a', { userId: 7, views: 1 })
    clock.pass(9)
    await manager.set('a', { views: 2 })
    clock.pass(9)
    expect({ ...(await manager.get('a')) }).to.deep.equal({ userId: null, views: 2 })
  })

  it('renews by get, as a request would', async () => {
    const { manager, clock } = setUp()
    await manager.set('a', {})
    for (let n = 0; n < 5; n++) {
      clock.pass(6)
      expect(await manager.get('a')).not.to.equal(undefined)
    }
    clock.pass(10)
    expect(await manager.get('a')).to.equal(undefined)
  })

  it('takes an id whose session has expired for a new session', async () => {
    const { manager, clock, backend } = setUp()
    await manager.set('a', { old: true })
    clock.pass(10)
    await manager.set('a', { fresh: true })
    expect({ ...(await manager.get('a')) }).to.deep.equal({ fresh: true, userId: null })
    expect((await backend.find([hashId('a')]))[0]?.version).to.equal(1)
  })

  it('survives simultaneous first writes of one id', async () => {
    const { manager, backend } = setUp()
    await Promise.all(Array.from({ length: 10 }, (_, n) => manager.set('a', { n })))
    expect(await backend.deleteAll()).to.equal(1)
  })

  it('stores the id itself with hashIds: false', async () => {
    const { manager, backend } = setUp({ hashIds: false })
    await manager.set('a', {})
    expect(await backend.find(['a'])).to.have.length(1)
  })
})

describe('the sessions of a user', () => {
  it('can be listed and ended, by column and by the id of the list', async () => {
    const { manager, clock } = setUp()
    await manager.set('a', { userId: 1, agent: 'phone' })
    clock.pass(1)
    await manager.set('b', { userId: 1, agent: 'laptop' })
    await manager.set('c', { userId: 2 })
    const listed = await manager.list({ userId: 1 })
    expect(listed.map(({ properties }) => properties.agent)).to.deep.equal(['phone', 'laptop'])
    expect(listed[0]).to.deep.include({ id: hashId('a'), expires: new Date(clock.now() + 9000) })
    expect(await manager.list({ userId: 1 }, { limit: 1 })).to.have.length(1)
    expect(await manager.revoke({ id: hashId('a') })).to.equal(1)
    expect(await manager.revoke({ userId: 1 })).to.equal(1)
    expect(await manager.get('c')).not.to.equal(undefined)
  })

  it('are listed although the data of one is corrupt', async () => {
    const { manager, backend } = setUp()
    await manager.set('a', { userId: 1 })
    const [row] = await backend.find([hashId('a')])
    await backend.insert([{ ...row, id: 'corrupt', data: '{' } as never])
    const listed = await manager.list({ userId: 1 })
    expect(listed).to.have.length(2)
    await expectError('DATA_CORRUPT', () => listed.find(({ id }) => id === 'corrupt')?.properties)
  })

  it('are never matched by an operator or by nothing', async () => {
    const { manager } = setUp()
    await expectError('WHERE_INVALID', () => manager.revoke({}))
    await expectError('WHERE_INVALID', () => manager.revoke({ userId: { $gt: 0 } as never }))
    await expectError('WHERE_INVALID', () => manager.list({ userId: undefined as never }))
    await expectError('OPTION_INVALID', () => manager.list({ userId: 1 }, { limit: 0 }))
  })
})

describe('the session of a bare request', () => {
  it('is what its cookie opens, and can be written', async () => {
    const { manager, backend } = setUp({ key: 'app' })
    const session = await openSession(manager, undefined)
    session.properties.set('userId', 7)
    await session.commit()
    const headers = { cookie: `other=1; app=${session.id}` }
    const found = await manager.fromRequest({ headers })
    expect(found?.userId).to.equal(7)
    await found?.update((s) => {
      s.seen = true
    })
    expect(await manager.get(session.id)).to.include({ seen: true })
    expect((await manager.list({ userId: 7 }))[0]?.id).to.equal(manager.rowId(session.id))
    expect(await backend.deleteAll()).to.equal(1)
    expect(await manager.fromRequest({ headers })).to.equal(undefined)
  })

  it('gets no new id, which no cookie could tell', async () => {
    const { manager } = setUp({ key: 'app' })
    const session = await openSession(manager)
    session.properties.set('seen', true)
    await session.commit()
    const found = await manager.fromRequest({ headers: { cookie: `app=${session.id}` } })
    await found?.regenerate()
    await expectError('COOKIE_TOO_LATE', () => found?.save())
    expect(await manager.get(session.id)).to.include({ seen: true })
  })

  for (const cookie of [undefined, '', 'app=', 'app=short', `app=${'A'.repeat(43)}`, `app="${'A'.repeat(43)}`]) {
    it(`is nothing with the cookie header ${cookie}`, async () => {
      const { manager } = setUp({ key: 'app' })
      expect(await manager.fromRequest({ headers: { cookie } })).to.equal(undefined)
    })
  }
})

describe('the manager', () => {
  it('removes expired rows in batches', async () => {
    const { manager, clock, backend } = setUp({ cleanup: { batch: 2 } })
    for (const id of 'abcde') await manager.set(id, {})
    clock.pass(5)
    await manager.set('f', {})
    clock.pass(5)
    expect(await manager.deleteExpired()).to.equal(5)
    expect(await manager.deleteExpired()).to.equal(0)
    expect(await backend.deleteAll()).to.equal(1)
    manager.close()
  })

  it('refuses everything after close()', async () => {
    const { manager } = setUp()
    manager.close()
    manager.close()
    const calls = [
      () => manager.openRequest(),
      () => manager.get('a'),
      () => manager.set('a', {}),
      () => manager.delete('a'),
      () => manager.list({ userId: 1 }),
      () => manager.revoke({ userId: 1 }),
      () => manager.deleteAll(),
      () => manager.deleteExpired(),
    ]
    for (const call of calls) await expectError('MANAGER_CLOSED', call)
  })

  it('takes every failure of the database for 503, and keeps the cause', async () => {
    const cause = new Error('connect ECONNREFUSED')
    const backend = new MemorySessionBackend<Columns>({ userId: null })
    backend.find = () => Promise.reject(cause)
    const manager = new SessionManager({ backend, cleanup: false })
    const error = await expectError('BACKEND_FAILED', () => manager.get('a'))
    expect(error).to.include({ status: 503, expose: false, cause })
  })

  it('refuses data that the column cannot hold, in bytes, and stores nothing', async () => {
    const { backend } = setUp()
    const small = Object.create(backend, { capabilities: { value: { ...backend.capabilities, dataBytes: 100 } } })
    for (const name of ['find', 'insert', 'update'] as const) small[name] = backend[name].bind(backend)
    const manager = new SessionManager<Columns>({ backend: small, cleanup: false })
    await manager.set('a', { text: 'x'.repeat(88) })
    await expectError('DATA_TOO_LARGE', () => manager.set('b', { text: 'x'.repeat(90) }))
    const error = await expectError('DATA_TOO_LARGE', () => manager.set('a', { text: 'ż'.repeat(60) }))
    expect(error.message).to.contain('100')
    expect(await manager.get('b')).to.equal(undefined)
    expect((await manager.get('a'))?.text).to.have.length(88)
  })

  it('has a frozen copy of its options', () => {
    const cookie = { path: '/app' }
    const { manager } = setUp({ cookie })
    cookie.path = '/changed'
    expect(manager.options.cookie.path).to.equal('/app')
    expect(manager.options).to.be.frozen
    expect(manager.options.cookie).to.be.frozen
  })
})
