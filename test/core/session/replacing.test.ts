import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { noBrowser } from '../../../src/core/session/cookie-sink.js'
import type { Session } from '../../../src/core/session/session.js'
import { latch } from '../../koa/support/latch.js'
import { type Call, WatchedBackend } from '../../koa/support/watched-backend.js'
import { Clock } from '../../support/clock.js'
import { openSession } from '../../support/open-session.js'

interface Columns {
  userId: number | null
}

/** Two processes on one table, with a session in it that each of them has opened. */
async function setUp() {
  const clock = new Clock()
  const inner = new MemorySessionBackend<Columns>({ userId: null })
  const backends = [new WatchedBackend<Columns>(inner), new WatchedBackend<Columns>(inner)] as const
  const [one, other] = backends.map((backend) => new SessionManager({ backend, now: clock.now, cleanup: false })) as [
    SessionManager<Columns>,
    SessionManager<Columns>,
  ]
  const open = (manager: SessionManager<Columns>, id?: string): Promise<Session> => openSession(manager, id, noBrowser)
  const first = await open(one)
  first.properties.set('userId', 42)
  await first.commit()
  return { clock, backends, one, other, open, id: first.id }
}

/** Lets the first such call of the backend wait until `release` is called, and tells when it waits. */
function hold(backend: WatchedBackend<Columns>, held: Call) {
  const waits = latch()
  const goesOn = latch()
  backend.before = (call) => {
    if (call !== held) return undefined
    backend.before = () => {}
    waits.open()
    return goesOn.promise
  }
  return { waits: waits.promise, release: () => goesOn.open() }
}

describe('logins with one id, in several processes', () => {
  it('leave the way from an id that was replaced some time ago', async () => {
    const { clock, one, other, open, id } = await setUp()
    const session = await open(one, id)
    await session.regenerate()
    await session.commit()
    clock.pass(6)
    const late = await open(other, id)
    await late.regenerate()
    await late.commit()
    expect(late.isNew).to.equal(false)
    expect(await one.list({ userId: 42 })).to.have.length(2)
    await (await open(other, id)).destroy()
    expect(await one.get(session.id)).to.equal(undefined)
    expect(await one.get(late.id)).to.include({ userId: 42 })
  })

  it('find the session ended that was ended while another one was about to replace its id', async () => {
    const { backends, one, other, open, id } = await setUp()
    const [a, b] = [await open(one, id), await open(other, id)]
    await Promise.all([a.regenerate(), b.regenerate()])
    const replacing = hold(backends[0], 'update')
    const committed = a.commit()
    await replacing.waits
    const looking = hold(backends[1], 'find')
    const alsoCommitted = b.commit()
    await looking.waits
    await one.delete(id)
    replacing.release()
    await committed
    looking.release()
    await alsoCommitted
    expect([a.isNew, b.isNew]).to.deep.equal([true, true])
    expect(await one.list({ userId: 42 })).to.deep.equal([])
  })

  it('wait for another one that takes long', async () => {
    const { backends, one, other, open, id } = await setUp()
    const [a, b] = [await open(one, id), await open(other, id)]
    await Promise.all([a.regenerate(), b.regenerate()])
    const replacing = hold(backends[0], 'update')
    const committed = a.commit()
    await replacing.waits
    let attempts = 0
    backends[1].before = (call) => {
      if (call === 'insert' && ++attempts === 35) replacing.release()
    }
    await Promise.all([committed, b.commit()])
    expect([a.isNew, b.isNew]).to.deep.equal([false, false])
    expect(await one.list({ userId: 42 })).to.have.length(2)
  })

  it('begin no session from one that is ended meanwhile', async () => {
    const { backends, one, other, open, id } = await setUp()
    const session = await open(one, id)
    await session.regenerate()
    await session.commit()
    const late = await open(other, id)
    await late.regenerate()
    backends[1].before = async (call) => {
      if (call === 'insert') await one.revoke({ userId: 42 })
    }
    await late.commit()
    expect(late.isNew).to.equal(true)
    expect(await one.list({ userId: 42 })).to.deep.equal([])
  })
})
