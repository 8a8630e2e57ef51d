import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { viewOf } from '../../../src/core/session/session-view.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

function setUp() {
  const backend = new MemorySessionBackend({ userId: null as number | null })
  const manager = new SessionManager({ backend, cleanup: false })
  const login = async (userId: number) => {
    const session = await openSession(manager)
    session.properties.set('userId', userId)
    await session.save()
    return session
  }
  const left = async (): Promise<number> => (await manager.list({ userId: 1 })).length
  return { manager, login, left }
}

describe('revoke() with except', () => {
  it('refuses an option that it does not know, and ends nothing', async () => {
    const { manager, login, left } = setUp()
    const own = await login(1)
    const misspelt = { exept: viewOf(own) } as object
    const { message } = await expectError('OPTION_UNKNOWN', () => manager.revoke({ userId: 1 }, misspelt))
    expect(message).to.contain('Did you mean except?')
    await expectError('OPTION_UNKNOWN', () => manager.list({ userId: 1 }, { max: 1 } as object))
    expect(await left()).to.equal(1)
  })

  it('spares the session of the request', async () => {
    const { manager, login, left } = setUp()
    const [own] = [await login(1), await login(1), await login(1), await login(2)]
    expect(await manager.revoke({ userId: 1 }, { except: viewOf(own) })).to.equal(2)
    expect(await manager.get(own.id)).to.include({ userId: 1 })
    expect(await manager.list({ userId: 2 })).to.have.length(1)
    expect(await left()).to.equal(1)
  })

  it('spares it while it gets a new id, and when another request has given it one', async () => {
    const { manager, login, left } = setUp()
    const own = await openSession(manager, (await login(1)).id)
    const late = await openSession(manager, own.id)
    await own.regenerate()
    expect(await manager.revoke({ userId: 1 }, { except: viewOf(own) })).to.equal(0)
    await own.commit()
    expect(await manager.revoke({ userId: 1 }, { except: viewOf(late) })).to.equal(0)
    expect(await manager.get(own.id)).to.include({ userId: 1 })
    expect(await left()).to.equal(1)
  })

  it('spares nothing where the session is not stored', async () => {
    const { manager, login, left } = setUp()
    await login(1)
    expect(await manager.revoke({ userId: 1 }, { except: viewOf(await openSession(manager)) })).to.equal(1)
    expect(await left()).to.equal(0)
  })

  it('by NULL ends sessions, and no trace of a replaced id', async () => {
    const { manager, login } = setUp()
    const visitor = await openSession(manager)
    visitor.properties.set('views', 1)
    await visitor.save()
    const own = await login(1)
    const before = own.id
    await own.regenerate()
    await own.save()
    expect(await manager.revoke({ userId: null }, { except: viewOf(visitor) })).to.equal(0)
    expect(await manager.revoke({ userId: null })).to.equal(1)
    expect(await manager.get(visitor.id)).to.equal(undefined)
    expect((await openSession(manager, before)).isNew).to.equal(false)
  })

  it('takes nothing but a session', async () => {
    const { manager, login, left } = setUp()
    await login(1)
    for (const except of [{}, { id: 'x' }, 'x', null] as never[]) {
      await expectError('OPTION_INVALID', () => manager.revoke({ userId: 1 }, { except }))
    }
    expect(await left()).to.equal(1)
  })
})

describe('the events of a manager', () => {
  it('tell of conflicts, and of sessions that are gone, with the reason', async () => {
    const { manager, login } = setUp()
    const events: unknown[] = []
    manager.on('conflict', ({ session }) => events.push(['conflict', session]))
    const listener = ({ session, reason }: { session: string | null; reason: string }): void => {
      events.push([reason, session])
    }
    manager.on('gone', listener)
    const first = await login(1)
    const { id } = first
    const name = manager.nameOf(viewOf(first))
    const [one, two, three] = [
      await openSession(manager, id),
      await openSession(manager, id),
      await openSession(manager, id),
    ]
    one.properties.set('a', 1)
    await one.commit()
    two.properties.set('b', 1)
    await two.commit()
    expect(events).to.deep.equal([['conflict', name]])
    await manager.revoke({ userId: 1 })
    three.properties.set('c', 1)
    await three.commit()
    expect(events.slice(1)).to.deep.equal([
      ['conflict', name],
      ['ended', name],
    ])
    manager.off('gone', listener)
    await expectError('SESSION_GONE', () => two.save().then(() => two.reload()))
    expect(events).to.have.length(3)
  })

  it('harm no session if a listener throws', async () => {
    const { manager, login } = setUp()
    manager.on('conflict', () => {
      throw new Error('a listener that throws, as the test wants it')
    })
    const { id } = await login(1)
    const [one, two] = [await openSession(manager, id), await openSession(manager, id)]
    one.properties.set('a', 1)
    two.properties.set('b', 1)
    await one.commit()
    await two.commit()
    expect(await manager.get(id)).to.include({ a: 1, b: 1 })
  })
})

describe("onGone: 'throw'", () => {
  it('makes it an error that the session was ended while the request ran', async () => {
    const backend = new MemorySessionBackend({ userId: null as number | null })
    const manager = new SessionManager({ backend, cleanup: false, onGone: 'throw' })
    await manager.set('a', { userId: 1 })
    const session = await openSession(manager, 'a')
    await manager.delete('a')
    session.properties.set('views', 1)
    await expectError('SESSION_GONE', () => session.commit())
    await session.commit()
    expect(await backend.deleteAll()).to.equal(0)
  })
})
