import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import type { StoredRow } from '../../../src/core/codec/session-meta.js'
import type { Session } from '../../../src/core/session/session.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

const day = 86_400

interface Columns {
  userId: number | null
}

/** A manager on memory with a clock, and what the browser was told. */
function setUp(options: SessionPolicy = {}) {
  const clock = new Clock()
  const backend = new MemorySessionBackend<Columns>({ userId: null })
  const manager = new SessionManager({ backend, cleanup: false, now: clock.now, maxAge: '10d', ...options })
  const told: string[] = []
  const open = (id?: string): Promise<Session> =>
    openSession(manager, id, {
      isOpen: true,
      set: (id) => told.push(id),
      clear: () => told.push('clear'),
      keep: () => told.push('keep'),
    })
  const stored = async (properties: Record<string, unknown> = { views: 1 }): Promise<string> => {
    const session = await open()
    session.properties.replace(properties)
    await session.commit()
    told.length = 0
    return session.id
  }
  return { clock, backend, manager, open, stored, told }
}

describe('a session', () => {
  it('is not stored while nothing is in it', async () => {
    const { open, backend, told } = setUp()
    const session = await open()
    session.properties.set('views', 1)
    session.properties.remove('views')
    await session.commit()
    expect(session.isNew).to.equal(true)
    expect([told, await backend.deleteAll()]).to.deep.equal([[], 0])
  })

  it('is stored with an id that only the browser knows', async () => {
    const { open, backend, told } = setUp()
    const session = await open()
    session.properties.set('userId', 0)
    await session.commit()
    expect(told).to.deep.equal([session.id])
    expect(await backend.find([session.id])).to.deep.equal([])
    expect(await backend.find([session.state.rowId])).to.have.length(1)
  })

  it('never adopts an id', async () => {
    const { open, stored } = setUp()
    await stored()
    const unknown = 'A'.repeat(43)
    const session = await open(unknown)
    expect(session.isNew).to.equal(true)
    expect(session.id).not.to.equal(unknown)
  })

  it('keeps both of two parallel changes to different properties', async () => {
    const { open, stored, manager } = setUp()
    const id = await stored({ views: 1, cart: [] })
    const [one, two] = [await open(id), await open(id)]
    one.properties.set('views', 2)
    two.properties.set('userId', 42)
    await Promise.all([one.commit(), two.commit()])
    expect({ ...(await manager.get(id)) }).to.deep.equal({ views: 2, cart: [], userId: 42 })
  })

  it('settles parallel changes of one property as merge says', async () => {
    const add = (base: unknown, mine: unknown, theirs: unknown) => Number(theirs) + Number(mine) - Number(base)
    const { open, stored, manager } = setUp({ merge: { views: add } })
    const id = await stored({ views: 10 })
    const [one, two] = [await open(id), await open(id)]
    one.properties.set('views', 11)
    two.properties.set('views', 15)
    await Promise.all([one.commit(), two.commit()])
    expect((await manager.get(id))?.views).to.equal(16)
  })

  it('counts exactly with update()', async () => {
    const { open, stored, manager } = setUp()
    const id = await stored({ views: 0 })
    const increment = async () => {
      const session = await open(id)
      await session.update(() => session.properties.set('views', Number(session.properties.get('views')) + 1))
    }
    await Promise.all(Array.from({ length: 12 }, increment))
    expect((await manager.get(id))?.views).to.equal(12)
  })

  it('keeps nothing of an update() that throws', async () => {
    const { open, stored, manager } = setUp()
    const session = await open(await stored({ views: 1 }))
    session.properties.set('before', true)
    const failure = session.update(() => {
      session.properties.set('views', 2)
      throw new Error('no')
    })
    expect(await failure.catch((error: Error) => error.message)).to.equal('no')
    await session.commit()
    expect(await manager.get(session.id)).to.include({ views: 1, before: true })
  })

  it('stays gone when it was ended while a request ran', async () => {
    const { open, stored, manager, backend, told } = setUp()
    const id = await stored()
    const session = await open(id)
    await manager.delete(id)
    session.properties.set('views', 2)
    await session.commit()
    expect(told).to.deep.equal(['clear'])
    expect(await backend.deleteAll()).to.equal(0)
  })

  it('says that it is gone to save(), update() and reload()', async () => {
    const { open, stored, manager } = setUp()
    const id = await stored()
    const sessions = [await open(id), await open(id), await open(id)] as const
    await manager.delete(id)
    for (const session of sessions) session.properties.set('views', 2)
    await expectError('SESSION_GONE', () => sessions[0].save())
    await expectError('SESSION_GONE', () => sessions[1].update(() => {}))
    await expectError('SESSION_GONE', () => sessions[2].reload())
  })

  it('gets a new id by regenerate(), and keeps what it holds; the old id is dead', async () => {
    const { open, stored, manager, told } = setUp()
    const id = await stored({ cart: [1] })
    const session = await open(id)
    session.regenerate()
    session.properties.set('userId', 42)
    await session.commit()
    expect(session.id).not.to.equal(id)
    expect(told).to.deep.equal([session.id])
    expect(await manager.get(id)).to.equal(undefined)
    expect(await manager.get(session.id)).to.deep.include({ cart: [1], userId: 42 })
  })

  it('keeps its new id through a conflict', async () => {
    const { open, stored, manager } = setUp()
    const id = await stored()
    const [one, two] = [await open(id), await open(id)]
    one.properties.set('views', 2)
    await one.commit()
    two.regenerate()
    await two.commit()
    expect(await manager.get(two.id)).to.include({ views: 2 })
    expect(await manager.get(id)).to.equal(undefined)
  })

  it('gives up after 30 attempts, also where update() gives it a new id', async () => {
    const { open, stored, backend } = setUp()
    const session = await open(await stored())
    backend.update = async (updates) => updates.map(() => false)
    const error = await expectError('CONFLICT', () => session.update(() => session.regenerate()))
    expect(error.message).to.contain(' 30 times ')
  })

  it('ends for good, and what is set afterwards begins a new one', async () => {
    const { open, stored, manager, told } = setUp()
    const id = await stored()
    const session = await open(id)
    await session.destroy()
    expect(await manager.get(id)).to.equal(undefined)
    session.properties.set('flash', 'Bye')
    await session.commit()
    expect(session.id).not.to.equal(id)
    expect(told).to.deep.equal(['clear', session.id])
    expect({ ...(await manager.get(session.id)) }).to.deep.equal({ flash: 'Bye', userId: null })
  })

  it('ends at the commit by end(), also when the rest is discarded; save() then stores no empty one', async () => {
    const { open, stored, manager, backend } = setUp()
    const [first, second] = [await open(await stored()), await open(await stored())]
    first.end()
    first.properties.set('views', 2)
    await first.commit({ keep: false })
    expect(await manager.list({ userId: null })).to.have.length(1)
    second.end()
    await second.save()
    expect(await backend.deleteAll()).to.equal(0)
  })

  it('lets a save() in the middle be followed by more changes', async () => {
    const { open, manager } = setUp()
    const session = await open()
    session.properties.set('a', 1)
    await session.save()
    expect(await manager.get(session.id)).to.include({ a: 1 })
    session.properties.set('b', 2)
    await session.commit()
    expect(await manager.get(session.id)).to.include({ a: 1, b: 2 })
  })

  it('forgets by reload() what was not saved, and sees what others saved', async () => {
    const { open, stored, manager } = setUp()
    const id = await stored({ views: 1 })
    const session = await open(id)
    session.properties.set('views', 5)
    await manager.set(id, { views: 9 })
    await session.reload()
    expect(session.properties.get('views')).to.equal(9)
  })
})

describe('the life of a session', () => {
  it('ends maxAge after its last use, to the millisecond', async () => {
    const { clock, manager, stored } = setUp()
    const id = await stored()
    clock.pass(10 * day - 0.001)
    expect(await manager.get(id)).not.to.equal(undefined)
    clock.pass(10 * day)
    expect(await manager.get(id)).to.equal(undefined)
  })

  it('is renewed by reading only after touchAfter', async () => {
    const { clock, open, stored, told } = setUp({ touchAfter: 0.5 })
    const id = await stored()
    clock.pass(5 * day)
    await (await open(id)).commit()
    expect(told).to.deep.equal([])
    clock.pass(1)
    const session = await open(id)
    await session.commit()
    expect(told).to.deep.equal([id])
    expect(session.state.expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
  })

  it('is renewed by a change if that gains more than touchAfter, as by reading', async () => {
    const { clock, open, stored } = setUp()
    const id = await stored()
    const expiry = clock.now() + 10 * day * 1000
    clock.pass(day)
    const early = await open(id)
    early.properties.set('views', 2)
    await early.commit()
    expect(early.state.expires.getTime()).to.equal(expiry)
    expect((await open(id)).state.expires.getTime()).to.equal(expiry)
    clock.pass(1)
    const session = await open(id)
    session.properties.set('views', 3)
    await session.commit()
    expect(session.state.expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
    expect((await open(id)).state.expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
  })

  it('is renewed by every change with touchAfter: 0', async () => {
    const { clock, open, stored } = setUp({ touchAfter: 0 })
    const id = await stored()
    clock.pass(1)
    const session = await open(id)
    session.properties.set('views', 2)
    await session.commit()
    expect((await open(id)).state.expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
  })

  it('gets a shorter expiry by a change, if maxAge was longer before', async () => {
    const { clock, backend, open, stored } = setUp()
    const id = await stored()
    const row = (await open(id)).state.row as StoredRow
    const expires = new Date(clock.now() + 100 * day * 1000)
    await backend.update([{ id: row.id, version: 1, now: new Date(0), values: { expires, version: 1 } }])
    const session = await open(id)
    session.properties.set('views', 2)
    await session.commit()
    expect((await open(id)).state.expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
  })

  it('is not renewed by use with rolling: false, but by touch()', async () => {
    const { clock, open, stored } = setUp({ rolling: false })
    const id = await stored()
    const expiry = clock.now() + 10 * day * 1000
    clock.pass(6 * day)
    const session = await open(id)
    session.properties.set('views', 2)
    await session.commit()
    expect(session.state.expires.getTime()).to.equal(expiry)
    session.touch()
    await session.commit()
    expect(session.state.expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
  })

  it('ends with the absolute timeout, however it is used', async () => {
    const { clock, manager, stored } = setUp({ absoluteTimeout: '15d' })
    const id = await stored()
    clock.pass(8 * day)
    expect(await manager.get(id)).not.to.equal(undefined)
    clock.pass(7 * day - 1)
    expect(await manager.get(id)).not.to.equal(undefined)
    clock.pass(1)
    expect(await manager.get(id)).to.equal(undefined)
  })

  it('is not prolonged by a touch after its end', async () => {
    const { clock, open, stored, told, manager } = setUp()
    const id = await stored()
    const session = await open(id)
    clock.pass(10 * day)
    session.touch()
    await session.commit()
    expect(told).to.deep.equal(['clear'])
    expect(await manager.get(id)).to.equal(undefined)
  })
})
