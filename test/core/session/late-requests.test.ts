import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { Clock } from '../../support/clock.js'
import { openSession } from '../../support/open-session.js'

function setUp() {
  const clock = new Clock()
  const backend = new MemorySessionBackend<{ userId: number | null }>({ userId: null })
  const manager = new SessionManager({ backend, cleanup: false, now: clock.now, grace: '10s' })
  /** A session whose id `first` has replaced, and a request that came with the old one. */
  const replaced = async (properties: Record<string, unknown>) => {
    const stored = await openSession(manager)
    stored.properties.set('cart', ['book'])
    await stored.commit()
    clock.pass(60)
    const [first, late] = [await openSession(manager, stored.id), await openSession(manager, stored.id)]
    await first.regenerate()
    for (const [name, value] of Object.entries(properties)) first.properties.set(name, value)
    await first.commit()
    return { first, late, oldId: stored.id }
  }
  return { clock, backend, manager, replaced }
}

describe('a request whose session has another id by now', () => {
  for (const seconds of [0, 4, 6, 9]) {
    it(`begins a session of its own by regenerate(), ${seconds} seconds later`, async () => {
      const { clock, manager, replaced } = setUp()
      const { first, late, oldId } = await replaced({ userId: 1 })
      clock.pass(seconds)
      const other = await openSession(manager, oldId)
      await late.regenerate()
      late.properties.set('userId', 2)
      await late.commit()
      expect(await manager.get(late.id)).to.deep.include({ userId: 2, cart: ['book'] })
      expect(await manager.get(first.id)).to.deep.include({ userId: 1, cart: ['book'] })
      other.properties.set('seen', true)
      await other.commit()
      expect(await manager.get(first.id)).to.include({ userId: 1, seen: true })
    })
  }

  it('ends the session that it has begun without an effect on the other one', async () => {
    const { manager, replaced } = setUp()
    const { first, oldId } = await replaced({ userId: 1 })
    const [next, late] = [await openSession(manager, first.id), await openSession(manager, first.id)]
    await next.regenerate()
    await next.commit()
    await late.regenerate()
    await late.commit()
    await (await openSession(manager, late.id)).destroy()
    expect(await manager.get(late.id)).to.equal(undefined)
    expect((await openSession(manager, oldId)).isNew, 'an id from before both').to.equal(false)
  })

  it('decides in update() by what the session holds by now, and leaves nothing of what it decided before', async () => {
    const { manager, replaced } = setUp()
    const { first, late } = await replaced({ winner: 'first' })
    await late.update(() => {
      if (!late.properties.has('winner')) late.properties.set('winner', 'late')
    })
    await late.commit()
    expect(await manager.get(first.id)).to.include({ winner: 'first' })
  })

  it('knows when the session began and when it expires, and a mere read writes nothing', async () => {
    const { clock, backend, manager, replaced } = setUp()
    const { first, oldId } = await replaced({})
    clock.pass(5)
    const late = await openSession(manager, oldId)
    expect(late.state.createdAt).to.deep.equal(first.state.createdAt)
    expect(late.state.expires).to.deep.equal(first.state.expires)
    for (const write of ['insert', 'update', 'touch'] as const) backend[write] = () => expect.fail(write)
    await late.commit()
  })
})
