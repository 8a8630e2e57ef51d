import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import type { CookieSink } from '../../../src/core/session/cookie-sink.js'
import { Session } from '../../../src/core/session/session.js'
import { share } from '../../../src/core/session/shared.js'
import { Clock } from '../../support/clock.js'
import { ManualAlarm } from '../../support/manual-alarm.js'
import { openSession } from '../../support/open-session.js'

// What docs/concurrency.md says is not guaranteed. Where one of these becomes better, the page does too.

type Columns = { userId: number | null; label: string | null }

class Unversioned extends MemorySessionBackend<Columns> {
  override readonly capabilities = { versions: false, creationDates: true, idLength: null, dataBytes: null }
}

async function setUp(backend = new MemorySessionBackend<Columns>({ userId: null, label: null })) {
  const manager = new SessionManager({ backend, cleanup: false })
  const begun = await openSession(manager)
  begun.properties.set('x', 0)
  await begun.save()
  const { id } = begun
  return { manager, id, get: async (of = id) => ({ ...(await manager.get(of)) }) }
}

describe('without versions', () => {
  const unversioned = () => setUp(new Unversioned({ userId: null, label: null }))

  it('the later request overwrites the data of the other, but not the columns', async () => {
    const { manager, id, get } = await unversioned()
    const [one, two] = [await openSession(manager, id), await openSession(manager, id)]
    one.properties.set('one', 1)
    one.properties.set('userId', 1)
    two.properties.set('two', 2)
    two.properties.set('label', 'two')
    await one.commit()
    await two.commit()
    expect(await get()).to.deep.equal({ x: 0, two: 2, userId: 1, label: 'two' })
  })

  it('update() is not exact', async () => {
    const { manager, id, get } = await unversioned()
    for (const session of [await openSession(manager, id), await openSession(manager, id)]) {
      await session.update(() => session.properties.set('x', Number(session.properties.get('x')) + 1))
    }
    expect(await get()).to.include({ x: 1 })
  })

  it('an ended session stays ended nevertheless, and a replaced id leads to its session', async () => {
    const { manager, id, get } = await unversioned()
    const [first, late, last] = [
      await openSession(manager, id),
      await openSession(manager, id),
      await openSession(manager, id),
    ]
    await first.regenerate()
    await first.commit()
    late.properties.set('late', true)
    await late.commit()
    expect(await get(first.id)).to.include({ late: true })
    await manager.revoke({ userId: null })
    last.properties.set('last', true)
    await last.commit()
    expect(await manager.list({ userId: null })).to.deep.equal([])
  })
})

/** Notes what the browser is told. */
function hearing(told: string[]): CookieSink {
  return {
    isOpen: true,
    set: () => told.push('set'),
    clear: (reason) => told.push(reason === 'gone' ? 'clear' : reason),
    keep: () => told.push('keep'),
  }
}

/** Removes all expired rows as another program would. */
async function removeExpired({ options: { backend } }: SessionManager<Columns>): Promise<number> {
  const expired = await backend.findExpired(new Date(), 10, { from: null, except: [] })
  return backend.deleteExpired(
    new Date(),
    expired.map(({ id }) => id),
  )
}

describe('where the traces of replaced ids were removed early', () => {
  it('a request under way that writes finds its session gone, and clears the cookie', async () => {
    const { manager, id, get } = await setUp()
    const told: string[] = []
    const late = await openSession(manager, id, hearing(told))
    const first = await openSession(manager, id)
    await first.regenerate()
    await first.commit()
    expect(await removeExpired(manager)).to.equal(1)
    expect((await openSession(manager, id)).isNew).to.equal(true)
    late.properties.set('late', true)
    await late.commit()
    expect(told).to.deep.equal(['clear'])
    expect(await get(first.id)).to.deep.equal({ x: 0, userId: null, label: null })
  })
})

describe('where a request is under way for long, and its id was replaced', () => {
  it('its changes are dropped a minute after the grace, and the cookie that the browser has by then stays', async () => {
    const clock = new Clock()
    const alarm = new ManualAlarm()
    const backend = new MemorySessionBackend<Columns>({ userId: null, label: null })
    const { options } = new SessionManager({ backend, cleanup: false, now: clock.now })
    const shared = share(options, alarm.set)
    const told: string[] = []
    const first = new Session(shared)
    first.properties.set('x', 0)
    await first.save()
    const { id } = first
    const open = async (): Promise<Session> => {
      const session = new Session(shared, id, hearing(told))
      await session.load()
      return session
    }
    const [soon, slow] = [await open(), await open()]
    await first.regenerate()
    await first.save()
    clock.pass(54)
    await alarm.goOff()
    soon.properties.set('soon', true)
    await soon.commit()
    clock.pass(6)
    await alarm.goOff()
    slow.properties.set('slow', true)
    await slow.commit()
    expect(told).to.deep.equal(['keep', 'keep'])
    await first.reload()
    expect({ ...first.properties.toObject() }).to.deep.equal({ x: 0, soon: true, userId: null, label: null })
  })
})

describe('what was stored before regenerate()', () => {
  it('belongs to the old id too', async () => {
    const { manager, id } = await setUp()
    const session = await openSession(manager, id)
    session.properties.set('userId', 1)
    await session.save()
    await session.regenerate()
    await session.save()
    expect((await openSession(manager, id)).properties.get('userId')).to.equal(1)
  })

  it('does not, if it is stored together with the new id', async () => {
    const { manager, id } = await setUp()
    const session = await openSession(manager, id)
    session.properties.set('userId', 1)
    await session.regenerate()
    await session.save()
    expect((await openSession(manager, id)).properties.get('userId')).to.equal(null)
  })
})
