import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

class Money {
  constructor(readonly amount: number) {}
}

function setUp(initial: Record<string, unknown>) {
  const clock = new Clock()
  const backend = new MemorySessionBackend<Record<string, unknown>>(initial)
  const manager = new SessionManager({ backend, cleanup: false, now: clock.now, maxAge: '10s' })
  return { backend, clock, manager }
}

describe('values in columns', () => {
  it('are not shared: what one visitor puts into a default is not seen by another', async () => {
    const { manager } = setUp({ tags: [] })
    const first = await openSession(manager, undefined)
    ;(first.properties.get('tags') as string[]).push('a secret')
    const second = await openSession(manager, undefined)
    expect(second.properties.get('tags')).to.deep.equal([])
    first.properties.remove('tags')
    ;(first.properties.get('tags') as string[]).push('a secret')
    expect((await openSession(manager, undefined)).properties.get('tags')).to.deep.equal([])
  })

  it('are as they were after an update() that throws, changes inside of them too', async () => {
    const { manager } = setUp({ prefs: null })
    await manager.set('a', { prefs: { theme: 'light' } })
    const session = await openSession(manager, 'a')
    const failed = session.update(() => {
      ;(session.properties.get('prefs') as { theme: string }).theme = 'dark'
      throw new Error('no')
    })
    await failed.catch(() => {})
    session.properties.set('other', 1)
    await session.commit()
    expect(await manager.get('a')).to.deep.include({ prefs: { theme: 'light' }, other: 1 })
  })

  it('are refused where they hold a function or a cycle', async () => {
    const { manager, backend } = setUp({ prefs: null })
    const cycle: unknown[] = []
    cycle.push(cycle)
    for (const value of [{ f: () => 1 }, [Symbol('s')], cycle]) {
      await expectError('DATA_NOT_SERIALIZABLE', () => manager.set('a', { prefs: value }))
    }
    expect(await backend.deleteAll()).to.equal(0)
  })

  it('cause no write by being read, also with instances of classes inside', async () => {
    const { backend, manager } = setUp({
      price: { total: new Money(5), list: [new Money(1)], none: Object.create(null) },
    })
    backend.find = async (ids) =>
      ids.map((id) => ({ ...row(id), columns: { price: { total: new Money(5), at: new Date(0) } } }))
    backend.update = () => expect.fail('written')
    const session = await openSession(manager, 'a')
    expect(session.properties.get('price')).to.have.property('total').instanceOf(Money)
    await session.commit()
  })
})

const row = (id: string) => ({ id, data: '{}', expires: new Date('2026-03-14T15:09:36Z'), createdAt: null, version: 1 })

describe('rows of tables that others have filled', () => {
  it('may have no version yet', async () => {
    const { backend, manager } = setUp({})
    await manager.set('a', { views: 1 })
    const [stored] = await backend.find([manager.rowId('a')])
    await backend.deleteAll()
    await backend.insert([{ ...(stored as ReturnType<typeof row>), columns: {}, version: null }])
    const [one, two] = [await openSession(manager, 'a'), await openSession(manager, 'a')]
    one.properties.set('one', 1)
    two.properties.set('two', 2)
    await Promise.all([one.commit(), two.commit()])
    expect(await manager.get('a')).to.include({ views: 1, one: 1, two: 2 })
    expect((await backend.find([manager.rowId('a')]))[0]?.version).to.equal(2)
  })

  it('may have no date of creation, and no data', async () => {
    const { backend, manager } = setUp({})
    await backend.insert([{ ...row(manager.rowId('a')), data: null, columns: {} }])
    expect({ ...(await manager.get('a')) }).to.deep.equal({})
    await manager.set('a', { views: 1 })
    expect(await manager.get('a')).to.include({ views: 1 })
  })
})

describe('a change of the options', () => {
  it('ends sessions that are older than a lowered absolute timeout', async () => {
    const { backend, clock, manager } = setUp({})
    await manager.set('a', { views: 1 })
    const strict = new SessionManager({ backend, cleanup: false, now: clock.now, absoluteTimeout: '5s' })
    clock.pass(4)
    expect(await strict.get('a')).to.include({ views: 1 })
    clock.pass(1)
    expect(await strict.get('a')).to.equal(undefined)
    await strict.set('a', { views: 2 })
    expect(await strict.get('a')).to.include({ views: 2 })
  })
})

describe('two set() of one session at the same time', () => {
  it('leave what one of them set, and never a mixture', async () => {
    const { manager } = setUp({ userId: null })
    await manager.set('k', { old: true })
    await Promise.all([manager.set('k', { a: 1 }), manager.set('k', { b: 1, userId: 1 }), manager.set('k', { c: 1 })])
    const names = Object.entries((await manager.get('k')) ?? {}).filter(([, value]) => value !== null)
    expect(names.map(([name]) => name).join()).to.be.oneOf(['a', 'c', 'b,userId', 'userId,b'])
  })
})
