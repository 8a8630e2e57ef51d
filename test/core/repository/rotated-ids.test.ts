import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { viewOf } from '../../../src/core/session/session-view.js'
import { share } from '../../../src/core/session/shared.js'
import { Clock } from '../../support/clock.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null; note: string | null }

function setUp(
  options: SessionPolicy<Columns> = {},
  backend = new MemorySessionBackend<Columns>({ userId: null, note: null }),
) {
  const clock = new Clock()
  const manager = new SessionManager<Columns>({ backend, cleanup: false, now: clock.now, ...options })
  const visit = async (properties: Record<string, unknown>): Promise<string> => {
    const session = await openSession(manager)
    session.properties.replace(properties)
    await session.commit()
    return session.id
  }
  const login = async (id: string, userId = 1): Promise<string> => {
    const session = await openSession(manager, id)
    await session.regenerate()
    session.properties.set('userId', userId)
    await session.commit()
    return session.id
  }
  return { clock, backend, manager, visit, login }
}

describe('a session whose id was replaced', () => {
  it('is revoked by the id under which it was listed before', async () => {
    const { manager, visit, login } = setUp()
    const before = await visit({ note: 'x' })
    const [listed] = await manager.list({ note: 'x' })
    const after = await login(before)
    expect(await manager.revoke({ id: listed?.id ?? '', userId: 2 })).to.equal(0)
    expect(await manager.revoke({ id: listed?.id ?? '' })).to.equal(1)
    expect(await manager.get(after)).to.equal(undefined)
  })

  it('can be replaced where a process without keys has left a trace', async () => {
    const { backend, visit, manager, clock } = setUp()
    const id = await visit({ note: 'x' })
    const { update } = backend
    backend.update = async () => {
      throw new Error('died')
    }
    const dying = await openSession(manager, id)
    await dying.regenerate()
    await dying.commit().catch(() => {})
    backend.update = update
    clock.pass(5)
    const keyed = setUp({ encryptionKeys: [randomBytes(32)] }, backend)
    keyed.clock.pass(5)
    const after = await keyed.login(id)
    expect(await keyed.manager.get(after)).to.include({ userId: 1 })
  })

  it('can be replaced where the trace that stood in the way is gone when it is looked for', async () => {
    const { backend, visit, login, manager } = setUp()
    const id = await visit({ note: 'x' })
    const { insert } = backend
    backend.insert = async () => {
      backend.insert = insert
      throw new Error('there is such a row')
    }
    const after = await login(id)
    expect(await manager.get(after)).to.include({ userId: 1 })
  })

  it('can be replaced where its columns leave no room in the trace', async () => {
    const { backend } = setUp()
    const small = Object.create(backend, { capabilities: { value: { ...backend.capabilities, dataBytes: 600 } } })
    for (const name of ['find', 'insert', 'update', 'delete'] as const) small[name] = backend[name].bind(backend)
    const { visit, login, manager } = setUp({}, small)
    const before = await visit({ note: randomBytes(300).toString('base64'), cart: ['book'] })
    const after = await login(before)
    expect(await manager.get(after)).to.include({ userId: 1 })
    const late = await openSession(manager, before)
    expect([late.properties.get('cart'), late.properties.get('note')]).to.deep.equal([['book'], null])
  })

  it('can be replaced where nothing of it fits into the trace: then the old id opens nothing', async () => {
    const { backend } = setUp()
    const small = Object.create(backend, { capabilities: { value: { ...backend.capabilities, dataBytes: 600 } } })
    for (const name of ['find', 'insert', 'update', 'delete'] as const) small[name] = backend[name].bind(backend)
    const { visit, login, manager } = setUp({}, small)
    const before = await visit({ noise: randomBytes(300).toString('base64') })
    const underWay = await openSession(manager, before)
    const after = await login(before)
    expect((await openSession(manager, before)).isNew).to.equal(true)
    underWay.properties.set('note', 'late')
    await underWay.commit()
    expect(await manager.get(after)).to.include({ userId: 1, note: 'late' })
  })

  it('leads to the one that has replaced it, also when somebody took its trace for left behind', async () => {
    const { manager, visit, clock, backend } = setUp()
    const id = await visit({ note: 'x' })
    const [slow, late] = [await openSession(manager, id), await openSession(manager, id)]
    const { update } = backend
    backend.update = async (updates) => {
      backend.update = update
      clock.pass(6)
      const { repository, rotatedIds, time } = share(manager.options)
      const row = await repository.findOne(manager.rowId(id), time.begin())
      const successor = repository.rowId('that of somebody else')
      if (row) await rotatedIds.insertForwarding({ row, id, successor, isClosed: false }, time.begin())
      return update.call(backend, updates)
    }
    await slow.regenerate()
    await slow.commit()
    await late.destroy()
    expect(await manager.get(slow.id)).to.equal(undefined)
  })

  it('is reached by a long request also after the trace is gone, once it was reached', async () => {
    const { manager, visit, login, clock } = setUp()
    const before = await visit({ note: 'x' })
    const socket = viewOf(await openSession(manager, before))
    const after = await login(before)
    await socket.update((session) => {
      session.first = 1
    })
    clock.pass(300)
    expect(await manager.deleteExpired()).to.equal(1)
    await socket.update((session) => {
      session.second = 2
    })
    expect(await manager.get(after)).to.include({ first: 1, second: 2, userId: 1 })
  })
})

describe('the limit of sessions, at its edges', () => {
  it('ends also a session that gets another id while it is counted', async () => {
    const { manager, visit, login, backend } = setUp({ limit: { by: 'userId', max: 1 } })
    const first = await login(await visit({ note: 'x' }))
    const { list } = backend
    backend.list = async (...given) => {
      const listed = await list.apply(backend, given)
      backend.list = list
      const session = await openSession(manager, first)
      await session.regenerate()
      await session.commit()
      return listed
    }
    await login(await visit({ note: 'y' }))
    expect(await manager.list({ userId: 1 })).to.have.length(1)
  })
})

describe('revoke() by NULL', () => {
  it('goes on behind a page of rows that are not alive', async () => {
    const { manager, visit, clock, backend } = setUp()
    const row = { data: '{}', createdAt: new Date(clock.now() - 7_200_000), version: 1, columns: {} }
    const expires = new Date(clock.now() + 1000)
    await backend.insert(Array.from({ length: 1000 }, (_, n) => ({ ...row, id: `old ${n}`, expires })))
    await visit({ note: 'x' })
    const shorter = setUp({ absoluteTimeout: '1h' }, backend)
    expect(await shorter.manager.revoke({ userId: null })).to.be.at.least(1)
    expect(await manager.list({ note: 'x' })).to.deep.equal([])
  })
})
