import { setImmediate as nextTick } from 'node:timers/promises'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import type { Session } from '../../../src/core/session/session.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

/** Takes its time for each call, so that operations of one request overlap. */
class SlowBackend extends MemorySessionBackend<{ userId: number | null }> {
  constructor() {
    super({ userId: null })
    for (const name of ['find', 'insert', 'update', 'touch', 'delete'] as const) {
      const call = this[name].bind(this) as (argument: never) => Promise<never>
      Object.assign(this, {
        [name]: async (argument: never) => {
          await nextTick()
          return call(argument)
        },
      })
    }
  }
}

function setUp() {
  const manager = new SessionManager({ backend: new SlowBackend(), cleanup: false })
  let cookie: string | undefined
  const open = (id?: string): Promise<Session> =>
    openSession(manager, id, {
      isOpen: true,
      set: (id) => {
        cookie = id
      },
      clear: () => {
        cookie = undefined
      },
      keep: () => {
        cookie = undefined
      },
    })
  const stored = async (): Promise<Session> => {
    const session = await open()
    session.properties.set('views', 0)
    await session.commit()
    return open(session.id)
  }
  const increment = (session: Session) =>
    session.update(() => session.properties.set('views', Number(session.properties.get('views') ?? 0) + 1))
  return { manager, open, stored, increment, cookie: () => cookie }
}

describe('operations of one request that overlap', () => {
  it('count exactly, on a stored and on a new session', async () => {
    const { manager, open, stored, increment } = setUp()
    for (const session of [await stored(), await open()]) {
      await Promise.all([increment(session), increment(session), increment(session)])
      expect((await manager.get(session.id))?.views).to.equal(3)
    }
  })

  it('store a new session once, also when nobody waits for save()', async () => {
    const { manager, open } = setUp()
    const session = await open()
    session.properties.set('a', 1)
    const saved = [session.save(), session.save()]
    session.properties.set('b', 2)
    await session.commit()
    await Promise.all(saved)
    expect(await manager.get(session.id)).to.include({ a: 1, b: 2 })
  })

  it('give the login to the new id only, when regenerate() comes during a save()', async () => {
    const { manager, open, stored, cookie } = setUp()
    for (const session of [await stored(), await open()]) {
      const before = session.id
      session.properties.set('userId', 42)
      const saved = session.save()
      await nextTick()
      await session.regenerate()
      await Promise.all([saved, session.commit()])
      expect(session.id).not.to.equal(before)
      expect(cookie()).to.equal(session.id)
      expect(await manager.get(before)).to.equal(undefined)
      expect(await manager.get(session.id)).to.include({ userId: 42 })
    }
  })

  it('leave nothing behind, when destroy() comes during a save()', async () => {
    const { manager, open, stored, cookie } = setUp()
    for (const session of [await stored(), await open()]) {
      session.properties.set('userId', 42)
      if (!session.isNew) await session.regenerate()
      const saved = session.save()
      await nextTick()
      await session.destroy()
      await saved
      expect(cookie()).to.equal(undefined)
      expect(session.isNew).to.equal(true)
      expect(await manager.list({ userId: 42 })).to.deep.equal([])
      session.properties.set('flash', 'Bye')
      await session.commit()
      expect({ ...(await manager.get(session.id)) }).to.deep.equal({ flash: 'Bye', userId: null })
    }
  })

  it('lose nothing that is set while a save() or an update() competes with another request', async () => {
    const { manager, open, stored, increment } = setUp()
    const session = await stored()
    for (const [name, write] of [
      ['saved', () => session.save()],
      ['updated', () => increment(session)],
    ] as const) {
      const other = await open(session.id)
      other.properties.set(`other ${name}`, true)
      await other.commit()
      session.properties.set('views', 5)
      const written = write()
      await nextTick()
      session.properties.set(name, true)
      await written
      await session.commit()
      expect(await manager.get(session.id)).to.include({ [name]: true, [`other ${name}`]: true })
    }
  })

  it('lose nothing that is changed in a value after a save() that competed with another request', async () => {
    const { manager, stored } = setUp()
    const session = await stored()
    const [cart, tags]: string[][] = [[], []]
    session.properties.replace({ views: 0, cart, tags })
    await session.save()
    for (const round of ['first', 'second']) {
      const other = await openSession(manager, session.id)
      other.properties.set(`other ${round}`, true)
      await other.commit()
      cart?.push(round)
      await session.save()
      tags?.push(round)
      cart?.push('more')
      await session.commit()
    }
    const both = { tags: ['first', 'second'], cart: ['first', 'more', 'second', 'more'] }
    expect(await manager.get(session.id)).to.deep.include(both)
  })

  it('store what is set after the session was ended, and not before it is', async () => {
    const { manager, stored } = setUp()
    const session = await stored()
    const before = session.id
    session.end()
    await session.update(() => session.properties.set('fresh', true))
    expect(await manager.get(before)).to.equal(undefined)
    expect(await manager.get(session.id)).to.include({ fresh: true })
    session.end()
    session.end()
    await session.commit()
    expect(await manager.get(session.id)).to.equal(undefined)
  })

  it('say so, where one would wait for itself', async () => {
    const { stored, manager } = setUp()
    const session = await stored()
    for (const wait of ['save', 'reload', 'destroy', 'commit'] as const) {
      await expectError('UPDATE_NESTED', () => session.update(() => session[wait]()))
    }
    await expectError('UPDATE_NESTED', () => session.update(() => session.update(() => {})))
    const other = await stored()
    const before = other.id
    await other.update(() => other.regenerate())
    expect(await manager.get(before)).to.equal(undefined)
  })
})
