import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null }
type Name = 'insert' | 'update'
/** How a write with a lost answer goes on: it never comes to be executed, has been, or is while its row is looked at. */
type Fate = 'never' | 'executed' | 'later'

/** A manager on a backend that loses answers. */
function setUp() {
  const backend = new MemorySessionBackend<Columns>({ userId: null })
  Object.assign(backend, { failureOf: () => 'uncertain' })
  const manager = new SessionManager<Columns>({ backend, cleanup: false })
  const sent = { insert: 0, update: 0 }
  /** Loses the answers to the next calls of this method. */
  const lose = (name: Name, fates: readonly Fate[], beforeLook: () => Promise<unknown> = async () => {}): void => {
    const left = [...fates]
    const call = backend[name].bind(backend) as (argument: never) => Promise<unknown>
    const find = backend.find.bind(backend)
    const losing = async (argument: never): Promise<unknown> => {
      sent[name]++
      const fate = left.shift()
      if (fate === undefined) return call(argument)
      if (fate === 'executed') await call(argument)
      const afterLook = fate === 'later' ? () => call(argument) : async () => {}
      const findOnce: typeof find = async (...asked) => {
        Object.assign(backend, { find })
        await beforeLook()
        const rows = await find(...asked)
        await afterLook()
        return rows
      }
      Object.assign(backend, { find: findOnce })
      throw new Error('the connection is lost, as the test wants it')
    }
    Object.assign(backend, { [name]: losing })
  }
  const increment = async (): Promise<void> => {
    const session = await openSession(manager, 'a')
    await session.update(() => session.properties.set('views', Number(session.properties.get('views')) + 1))
  }
  return { backend, manager, lose, increment, sent }
}

describe('take() whose answer is lost', () => {
  const take = async (manager: SessionManager<Columns>): Promise<unknown> =>
    (await openSession(manager, 'a')).take('code')

  it('does not give the value that another one has taken with an equal write', async () => {
    const { backend, manager, lose } = setUp()
    const other = new SessionManager<Columns>({ backend, cleanup: false })
    await manager.set('a', { code: 'once' })
    let taken: unknown
    lose('update', ['never'], async () => {
      taken = await take(other)
    })
    await expectError('BACKEND_FAILED', () => take(manager))
    expect(taken).to.equal('once')
    expect(await take(manager)).to.equal(undefined)
  })

  it('gives the value if it is sent again', async () => {
    const { manager, lose } = setUp()
    await manager.set('a', { code: 'once', views: 1 })
    lose('update', ['never'])
    expect(await take(manager)).to.equal('once')
    expect(await manager.get('a')).to.deep.equal({ userId: null, views: 1 })
  })

  it('does not lose the value silently if it was executed', async () => {
    const { manager, lose } = setUp()
    await manager.set('a', { code: 'once', views: 1 })
    lose('update', ['executed'])
    await expectError('BACKEND_FAILED', () => take(manager))
    expect(await manager.get('a')).to.deep.equal({ userId: null, views: 1 })
  })
})

describe('an update whose answer is lost', () => {
  for (const fate of ['never', 'executed', 'later'] as const) {
    it(`is executed once, where the lost one is executed: ${fate}`, async () => {
      const { manager, lose, increment, sent } = setUp()
      await manager.set('a', { views: 0 })
      lose('update', [fate])
      await increment()
      expect(await manager.get('a')).to.include({ views: 1 })
      expect(sent.update).to.equal(fate === 'executed' ? 1 : 2)
    })
  }

  it('is computed anew if another one has taken its version', async () => {
    const { backend, manager, lose, increment } = setUp()
    const other = new SessionManager<Columns>({ backend, cleanup: false })
    await manager.set('a', { views: 0 })
    lose('update', ['never'], () => other.set('a', { views: 10 }))
    await increment()
    expect(await manager.get('a')).to.include({ views: 11 })
  })

  it('fails if several others may have followed it, since nobody knows whether it is among them', async () => {
    const { backend, manager, lose, increment } = setUp()
    const other = new SessionManager<Columns>({ backend, cleanup: false })
    await manager.set('a', { views: 0 })
    lose('update', ['executed'], async () => {
      await other.set('a', { views: 10 })
      await other.set('a', { views: 11 })
    })
    await expectError('BACKEND_FAILED', increment)
    expect(await manager.get('a')).to.include({ views: 11 })
  })

  it('fails after three times', async () => {
    const { manager, lose, increment, sent } = setUp()
    await manager.set('a', { views: 0 })
    lose('update', ['never', 'never', 'never', 'never'])
    await expectError('BACKEND_FAILED', increment)
    expect(sent.update).to.equal(3)
    expect(await manager.get('a')).to.include({ views: 0 })
  })

  it('brings no ended session back', async () => {
    const { backend, manager, lose, increment } = setUp()
    await manager.set('a', { views: 0 })
    lose('update', ['never'], () => backend.deleteAll())
    await increment().catch(() => {})
    expect(await manager.get('a')).to.equal(undefined)
  })
})

describe('an insert whose answer is lost', () => {
  for (const fate of ['never', 'executed', 'later'] as const) {
    it(`stores one session, where the lost one is executed: ${fate}`, async () => {
      const { backend, manager, lose } = setUp()
      const session = await openSession(manager)
      session.properties.set('userId', 1)
      lose('insert', [fate])
      await session.commit()
      expect(await manager.get(session.id)).to.include({ userId: 1 })
      expect(await backend.deleteAll()).to.equal(1)
    })
  }
})
