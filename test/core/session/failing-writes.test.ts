import { deserialize, serialize } from 'node:v8'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import type { Session } from '../../../src/core/session/session.js'
import { latch } from '../../koa/support/latch.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null }

function setUp(options: SessionPolicy<Columns> = {}, backend = new MemorySessionBackend<Columns>({ userId: null })) {
  const clock = new Clock()
  const manager = new SessionManager<Columns>({ backend, cleanup: false, now: clock.now, ...options })
  const increment = (session: Session) =>
    session.update(() => session.properties.set('views', Number(session.properties.get('views')) + 1))
  /** Lets the next call of this method fail. */
  const failOnce = (name: 'update' | 'insert' | 'delete', answerIsLost = false): void => {
    const call = backend[name].bind(backend) as (argument: never) => Promise<never>
    const failing = async (argument: never): Promise<never> => {
      Object.assign(backend, { [name]: call })
      if (answerIsLost) await call(argument)
      throw new Error('down, as the test wants it')
    }
    Object.assign(backend, { [name]: failing })
  }
  return { clock, backend, manager, increment, failOnce }
}

describe('update() that fails', () => {
  it('leaves nothing of it behind, also when the database fails', async () => {
    const { manager, increment, failOnce } = setUp()
    await manager.set('a', { views: 0 })
    const session = await openSession(manager, 'a')
    failOnce('update')
    await expectError('BACKEND_FAILED', () => increment(session))
    expect(session.properties.get('views')).to.equal(0)
    await session.commit()
    expect(await manager.get('a')).to.include({ views: 0 })
    await increment(session)
    expect(await manager.get('a')).to.include({ views: 1 })
  })

  it('loses nothing that is changed beside it, whether it conflicts, throws or succeeds', async () => {
    for (const way of ['conflicts', 'throws', 'succeeds'] as const) {
      const { manager, backend } = setUp()
      const elsewhere = setUp({}, backend).manager
      await manager.set('a', { views: 0 })
      const session = await openSession(manager, 'a')
      const [inside, changed] = [latch(), latch()]
      let runs = 0
      const updated = session.update(async () => {
        runs++
        inside.open()
        await changed.promise
        session.properties.set('views', Number(session.properties.get('views')) + 1)
        if (way === 'throws') throw new Error('no')
        if (way === 'conflicts' && runs === 1) await elsewhere.set('a', { views: 0, other: 1 })
      })
      await inside.promise
      session.properties.set('userId', 42)
      session.properties.set('beside', true)
      changed.open()
      await updated.catch(() => {})
      await session.commit()
      expect(runs).to.equal(way === 'conflicts' ? 2 : 1)
      expect(await manager.get('a'), way).to.include({ userId: 42, beside: true, views: way === 'throws' ? 0 : 1 })
    }
  })

  it('sees its own properties only inside, and not in what it leaves running', async () => {
    const { manager } = setUp()
    await manager.set('a', { views: 0 })
    const session = await openSession(manager, 'a')
    const closed = latch()
    let later: Promise<unknown> = Promise.resolve()
    await session.update(() => {
      session.properties.set('views', 1)
      later = closed.promise.then(() => session.writable.set('views', 9))
    })
    await session.commit()
    session.close()
    closed.open()
    await expectError('SESSION_COMMITTED', () => later)
    expect(await manager.get('a')).to.include({ views: 1 })
  })

  it('says so where two sessions would wait for each other', async () => {
    const { manager } = setUp()
    for (const id of ['a', 'b']) await manager.set(id, { views: 0 })
    const [a, b] = [await openSession(manager, 'a'), await openSession(manager, 'b')]
    await expectError('UPDATE_NESTED', () => a.update(() => b.update(() => a.save())))
    await expectError('UPDATE_NESTED', () => a.update(() => a.destroy()))
    expect(await manager.get('a')).to.include({ views: 0 })
    await a.update(() => a.load())
  })
})

describe('an insert that fails', () => {
  it('is tried again with the same id at the commit, also where only the answer was lost', async () => {
    for (const isLost of [false, true]) {
      const { manager, failOnce, backend } = setUp()
      const session = await openSession(manager)
      session.properties.set('userId', 1)
      failOnce('insert', isLost)
      if (isLost) await session.save()
      else await expectError('BACKEND_FAILED', () => session.save())
      session.properties.set('views', 1)
      await session.commit()
      expect(await manager.get(session.id)).to.include({ userId: 1, views: 1 })
      expect(await backend.deleteAll()).to.equal(1)
    }
  })

  it('leaves no session behind that nobody has a cookie for', async () => {
    const { manager, failOnce } = setUp({ limit: { by: 'userId', max: 1 } })
    await manager.set('a', { userId: 1 })
    const session = await openSession(manager)
    session.properties.set('userId', 1)
    failOnce('delete')
    await expectError('BACKEND_FAILED', () => session.commit())
    expect(await manager.list({ userId: 1 })).to.have.length(1)
    expect(await manager.get('a')).to.include({ userId: 1 })
  })
})

describe('a serializer of another kind', () => {
  const serializer = {
    serialize: (data: object) => serialize({ ...data }).toString('base64'),
    deserialize: (text: string) => deserialize(Buffer.from(text, 'base64')),
  }

  it('writes also the data of a session that has none', async () => {
    const { manager } = setUp({ serializer })
    const session = await openSession(manager)
    session.properties.set('userId', 1)
    await session.regenerate()
    await session.commit()
    expect({ ...(await manager.get(session.id)) }).to.deep.equal({ userId: 1 })
    const again = await openSession(manager, session.id)
    again.properties.set('since', new Date(0))
    await again.regenerate()
    await again.commit()
    expect((await manager.get(again.id))?.since).to.deep.equal(new Date(0))
  })

  it('writes no data where a row had NULL, and keeps what the session notes', async () => {
    const { manager, backend, clock } = setUp({ serializer })
    const row = {
      id: manager.rowId('a'),
      data: null,
      expires: new Date(clock.now() + 1000),
      createdAt: null,
      version: 1,
    }
    await backend.insert([{ ...row, columns: {} }])
    const session = await openSession(manager, 'a')
    session.state.changeMeta({ maxAge: 5000 })
    await session.commit()
    expect(await manager.get('a')).to.deep.equal({ userId: null })
    expect((await openSession(manager, 'a')).state.maxAge).to.equal(5000)
  })
})

describe('a renewal', () => {
  it('does not undo a timeout that another request has set meanwhile', async () => {
    for (const maxAge of [300_000, 30 * 86_400_000]) {
      const { manager, clock, backend } = setUp({ maxAge: '14d' })
      await manager.set('a', { views: 1 })
      clock.pass(5 * 86_400)
      const [setting, reading] = [await openSession(manager, 'a'), await openSession(manager, 'a')]
      setting.state.changeMeta({ maxAge })
      await setting.commit()
      await reading.commit()
      const [row] = await backend.find([manager.rowId('a')])
      expect(row?.expires.getTime()).to.equal(clock.now() + maxAge)
    }
  })

  it('of a new session knows the absolute timeout', async () => {
    const { manager, clock } = setUp({ absoluteTimeout: '1h' })
    expect((await openSession(manager)).state.expires.getTime()).to.equal(clock.now() + 3_600_000)
  })
})

describe('objects of the application', () => {
  it('are never changed by what another request has stored', async () => {
    const { manager, backend } = setUp()
    const elsewhere = setUp({}, backend).manager
    const shared = { list: [1] }
    await manager.set('a', {})
    const session = await openSession(manager, 'a')
    session.properties.set('value', shared)
    const other = await openSession(elsewhere, 'a')
    other.properties.set('value', { list: [2], more: true })
    await other.commit()
    await session.save()
    await session.reload()
    expect(shared).to.deep.equal({ list: [1] })
    expect(await manager.get('a')).to.deep.include({ value: { list: [1] } })
  })
})
