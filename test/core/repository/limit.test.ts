import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { viewOf } from '../../../src/core/session/session-view.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null; label: string | null }
type Limit = NonNullable<SessionPolicy<Columns>['limit']>

function setUp(limit: Limit, backend = new MemorySessionBackend<Columns>({ userId: null, label: null })) {
  const clock = new Clock()
  const manager = new SessionManager({ backend, limit, now: clock.now, cleanup: false })
  const revoked: string[] = []
  manager.on('destroyed', ({ session, reason }) => revoked.push(`${session} ${reason}`))
  /** Logs in a visitor who has had a session since `begun` seconds ago. */
  const login = async (userId: number | null, label: string | null = null) => {
    const session = await openSession(manager)
    session.properties.set('label', label)
    await session.regenerate()
    session.properties.set('userId', userId)
    await session.save()
    clock.pass(1)
    return session
  }
  const labels = async (userId: number) =>
    (await manager.list({ userId })).map(({ properties }) => properties.label).sort()
  return { clock, manager, backend, login, labels, revoked }
}

describe('the limit of sessions', () => {
  it('ends those that logged in first', async () => {
    const { login, labels, revoked, manager } = setUp({ by: 'userId', max: 2 })
    const first = await login(1, 'a')
    for (const label of ['b', 'c']) await login(1, label)
    await login(2, 'other')
    expect(await labels(1)).to.deep.equal(['b', 'c'])
    expect(await labels(2)).to.deep.equal(['other'])
    expect(revoked).to.deep.equal([`${manager.nameOf(viewOf(first))} limit`])
  })

  it('counts from the login, not from the first visit', async () => {
    const { login, labels, manager } = setUp({ by: 'userId', max: 2 })
    const visitor = await login(null, 'old visitor')
    await login(1, 'a')
    await login(1, 'b')
    const session = await openSession(manager, visitor.id)
    await session.regenerate()
    session.properties.set('userId', 1)
    await session.commit()
    expect(await labels(1)).to.deep.equal(['b', 'old visitor'])
  })

  it('refuses one more, and stores nothing of it', async () => {
    const { login, labels, manager, backend } = setUp({ by: 'userId', max: 1, onExceed: 'refuse' })
    const first = await login(1, 'a')
    const error = await expectError('SESSION_LIMIT', () => login(1, 'b'))
    expect(error).to.include({ status: 403, expose: true })
    const visitor = await login(null, 'visitor')
    const session = await openSession(manager, visitor.id)
    session.properties.set('userId', 1)
    await expectError('SESSION_LIMIT', () => session.commit())
    expect(await labels(1)).to.deep.equal(['a'])
    await manager.delete(first.id)
    await login(1, 'c')
    expect(await labels(1)).to.deep.equal(['c'])
    expect(
      (await backend.list({ userId: null }, new Date(0), 9)).filter(({ id }) => !id.startsWith('~')),
    ).to.have.length(1)
  })

  it('is answered by a handler that catches the error, and forgets the login by reload()', async () => {
    const { login, labels, manager } = setUp({ by: 'userId', max: 1, onExceed: 'refuse' })
    await login(1, 'a')
    const session = await openSession(manager)
    session.properties.set('userId', 1)
    await expectError('SESSION_LIMIT', () => session.save())
    await expectError('SESSION_LIMIT', () => session.commit())
    await session.reload()
    await session.commit()
    expect(session.isNew).to.equal(true)
    expect(await labels(1)).to.deep.equal(['a'])
  })

  it('counts no expired session, no value of NULL, and a session once', async () => {
    const { login, labels, clock, manager } = setUp({ by: 'userId', max: 1, onExceed: 'refuse' })
    await login(null, 'a')
    await login(null, 'b')
    const one = await login(1, 'c')
    const again = await openSession(manager, one.id)
    again.properties.set('label', 'd')
    await again.update(() => again.properties.set('userId', 1))
    await again.regenerate()
    await again.commit()
    expect(await labels(1)).to.deep.equal(['d'])
    clock.pass(14 * 86_400)
    await login(1, 'e')
    expect(await labels(1)).to.deep.equal(['e'])
  })

  it('holds for set() and update() too', async () => {
    const { manager, labels } = setUp({ by: 'userId', max: 1, onExceed: 'refuse' })
    await manager.set('a', { userId: 1, label: 'a' })
    await manager.set('a', { userId: 1, label: 'a2' })
    await expectError('SESSION_LIMIT', () => manager.set('b', { userId: 1 }))
    const session = await openSession(manager)
    await expectError('SESSION_LIMIT', () => session.update(() => session.properties.set('userId', 1)))
    expect(await labels(1)).to.deep.equal(['a2'])
  })

  it('holds for a second login with an id that was just replaced', async () => {
    const { manager, login, labels } = setUp({ by: 'userId', max: 1 })
    const visitor = await login(null, 'visitor')
    const [one, two] = [await openSession(manager, visitor.id), await openSession(manager, visitor.id)]
    for (const session of [one, two]) {
      await session.regenerate()
      session.properties.set('userId', 1)
      await session.commit()
    }
    expect(await labels(1)).to.have.length(1)
    expect(await manager.get(two.id)).to.include({ userId: 1 })
    expect(await manager.get(one.id)).to.equal(undefined)
  })

  for (const onExceed of ['revoke-oldest', 'refuse'] as const) {
    it(`is exact when many log in at once (${onExceed})`, async () => {
      const { backend } = setUp({ by: 'userId', max: 3, onExceed })
      const managers = Array.from({ length: 4 }, () => setUp({ by: 'userId', max: 3, onExceed }, backend))
      const logins = managers.flatMap(({ login }) => Array.from({ length: 5 }, () => login(1)))
      const outcomes = await Promise.allSettled(logins)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(onExceed === 'refuse' ? 3 : 20)
      expect(await managers[0]?.manager.list({ userId: 1 })).to.have.length(3)
    })
  }

  it('is taken over from a process that died', async () => {
    const { login, labels, backend, clock } = setUp({ by: 'userId', max: 1 })
    const { insert } = backend
    let dies = true
    backend.update = async () => {
      throw new Error('died')
    }
    backend.insert = async (rows) => {
      if (dies && !rows[0]?.id.startsWith('~')) throw new Error('died')
      return insert.call(backend, rows)
    }
    await expectError('BACKEND_FAILED', () => login(1, 'a'))
    dies = false
    Reflect.deleteProperty(backend, 'update')
    clock.pass(5)
    await login(1, 'b')
    expect(await labels(1)).to.deep.equal(['b'])
  })
})

describe('the option limit', () => {
  const backend = new MemorySessionBackend<Columns>({ userId: null, label: null })
  const wrong: Readonly<Record<string, unknown>> = {
    'no object': 5,
    'no column': { by: 'user', max: 1 },
    'no max': { by: 'userId' },
    'a max of 0': { by: 'userId', max: 0 },
    'a max that is no number': { by: 'userId', max: '5' },
    'another onExceed': { by: 'userId', max: 1, onExceed: 'ask' },
  }
  for (const [name, limit] of Object.entries(wrong)) {
    it(`refuses ${name}`, async () => {
      const options = { backend, cleanup: false, limit } as never
      await expectError('OPTION_INVALID', () => new SessionManager<Columns>(options))
    })
  }

  it('refuses an unknown part, and a table without versions', async () => {
    const limit = { by: 'userId', max: 1, each: 2 } as never
    await expectError('OPTION_UNKNOWN', () => new SessionManager<Columns>({ backend, cleanup: false, limit }))
    const unversioned = Object.create(backend, {
      capabilities: { value: { ...backend.capabilities, versions: false } },
    }) as typeof backend
    const options = { backend: unversioned, cleanup: false, limit: { by: 'userId', max: 1 } } as const
    await expectError('OPTION_INVALID', () => new SessionManager<Columns>(options))
  })
})
