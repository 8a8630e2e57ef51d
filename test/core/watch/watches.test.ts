import { expect } from 'chai'
import { SessionError } from 'koa-session-model'
import { expectError } from '../../support/errors.js'
import { rotate, watching } from '../support/watching.js'

describe('a watched session', () => {
  it('that another process ends aborts the signal once, at most a period later', async () => {
    const { clock, begin, watch, other } = watching()
    const session = await begin()
    const watched = await watch(session)
    let count = 0
    watched.signal.addEventListener('abort', () => count++)
    await clock.let(29)
    await other.delete(session.id)
    expect(watched.signal.aborted).to.equal(false)
    await clock.let(1)
    expect(watched.reason).to.equal('ended')
    expect(watched.signal.reason).to.be.instanceOf(SessionError).with.property('code', 'SESSION_GONE')
    await clock.let(300)
    expect(count).to.equal(1)
  })

  it('that goes on aborts nothing, whatever is written to it', async () => {
    const { clock, begin, watch, opened } = watching()
    const session = await begin()
    const watched = await watch(session)
    for (let n = 0; n < 10; n++) {
      const late = await opened(session.id)
      late.properties.set('n', n)
      await late.save()
      await clock.let(30)
    }
    expect(watched.reason).to.equal(undefined)
  })

  it('that has expired aborts the signal, and not one that another process has kept alive', async () => {
    const { clock, begin, watch, opened } = watching({ maxAge: '1m' })
    const [kept, left] = [await begin(), await begin()]
    const [keptWatch, leftWatch] = [await watch(kept), await watch(left)]
    await clock.let(50)
    await (await opened(kept.id)).commit()
    await clock.let(40)
    expect([keptWatch.reason, leftWatch.reason]).to.deep.equal([undefined, 'expired'])
    await clock.let(60)
    expect(keptWatch.reason).to.equal('expired')
  })

  it('that has expired and was removed has expired too', async () => {
    const { clock, begin, watch, other } = watching({ maxAge: '20s' })
    const watched = await watch(await begin())
    await clock.let(25)
    expect(await other.deleteExpired()).to.equal(1)
    await clock.let(5)
    expect(watched.reason).to.equal('expired')
  })

  it('is refused if it is not there, or has ended since the request began', async () => {
    const { watches, watch, begin, other, shared } = watching()
    await expectError('SESSION_NOT_STORED', () => watches.begin(shared.repository.rowId('x'), 30_000, false))
    const session = await begin()
    await other.delete(session.id)
    await expectError('SESSION_GONE', () => watch(session))
    expect(watches.all).to.deep.equal([])
  })

  it('is refused if it ends while it is looked for', async () => {
    const { backend, watch, begin, watches } = watching()
    const session = await begin()
    backend.before = async (call) => {
      if (call !== 'find') return
      backend.before = () => {}
      await session.destroy()
    }
    await expectError('SESSION_GONE', () => watch(session))
    expect(watches.all).to.deep.equal([])
  })
})

describe('a new id', () => {
  it('is followed also if another process removes all expired rows before the next read', async () => {
    const { clock, begin, watch, opened, other } = watching()
    const session = await begin()
    const watched = await watch(session)
    for (let n = 0, { id } = session; n < 2; n++) {
      const replacing = await opened(id)
      await rotate(replacing)
      id = replacing.id
      await other.deleteExpired()
    }
    await clock.let(30)
    expect(watched.reason).to.equal(undefined)
    await other.deleteAll()
    await clock.let(30)
    expect(watched.reason).to.equal('ended')
  })

  for (const grace of [undefined, 0] as const) {
    const title = grace === undefined ? 'with its grace' : 'without grace'
    it(`that another process gives is followed: ${title}`, async () => {
      const { clock, begin, watch, opened, other } = watching()
      const session = await begin()
      const watched = await watch(session)
      const rotated = await opened(session.id)
      for (let n = 0; n < 5; n++) {
        await rotate(rotated, grace)
        await rotate(rotated, grace)
        await clock.let(30)
        expect(watched.reason).to.equal(undefined)
      }
      await other.delete(rotated.id)
      await clock.let(30)
      expect(watched.reason).to.equal('ended')
    })

    it(`that this process gives is followed at once: ${title}`, async () => {
      const { clock, begin, watch, shared } = watching()
      const session = await begin()
      const watched = await watch(session)
      await rotate(session, grace)
      await clock.let(300)
      expect(watched.reason).to.equal(undefined)
      await rotate(session, grace)
      await shared.ending.end(session.state.rowId, 'logout', shared.time.begin())
      expect(watched.reason).to.equal('logout')
    })
  }

  it('that comes while the session is read is not undone by the answer', async () => {
    const { clock, begin, watch, watches, backend, shared } = watching()
    const session = await begin()
    const watched = await watch(session)
    const find = backend.find
    backend.find = async (ids) => {
      const rows = await find(ids)
      backend.find = find
      await rotate(session)
      return rows
    }
    await clock.let(30)
    await shared.ending.end(session.state.rowId, 'logout', shared.time.begin())
    expect(watched.reason).to.equal('logout')
    expect(watches.all).to.deep.equal([])
  })

  it('is no end even if it comes right after a read, in the longest period', async () => {
    for (const grace of [0, '10s'] as const) {
      const { clock, begin, watch, opened } = watching({ grace })
      const session = await begin()
      const watched = await watch(session, grace === 0 ? 35_000 : 45_000)
      await rotate(await opened(session.id))
      await clock.let(200)
      expect(watched.reason).to.equal(undefined)
    }
  })

  it('and a watch by each id belong to one session, which is read in the shorter period', async () => {
    const { clock, begin, watch, opened, watches, takeFinds, other } = watching()
    const session = await begin()
    const before = await watch(session)
    const rotated = await opened(session.id)
    await rotate(rotated)
    const after = await watch(rotated, 5000)
    expect(watches.all).to.have.length(2)
    await clock.let(30)
    expect(watches.all).to.have.length(1)
    takeFinds()
    await clock.let(30)
    expect(takeFinds()).to.deep.equal([1, 1, 1, 1, 1, 1])
    await other.delete(rotated.id)
    await clock.let(5)
    expect([before.reason, after.reason]).to.deep.equal(['ended', 'ended'])
    expect(clock.count).to.equal(0)
  })

  it('that could not be followed for too long is not taken for an end: the session is lost', async () => {
    const { clock, begin, watch, opened, backend, other } = watching()
    const [rotated, ended] = [await begin(), await begin()]
    const [lost, gone] = [await watch(rotated), await watch(ended)]
    await rotate(await opened(rotated.id))
    await other.delete(ended.id)
    backend.before = (call) => call === 'find' && Promise.reject(new Error('down'))
    await clock.let(60)
    expect([lost.reason, gone.reason]).to.deep.equal([undefined, undefined])
    backend.before = () => {}
    await other.deleteExpired() // the forwarding row
    await clock.let(30)
    expect([lost.reason, gone.reason]).to.deep.equal(['lost', 'lost'])
  })
})
