import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { MemorySessionBackend, type SessionWatch } from 'koa-session-model'
import { idle } from '../../support/passing-time.js'
import { warned } from '../../support/warned.js'
import { type Columns, type Watching, watching } from '../support/watching.js'

/** Stores so many sessions, and watches them. */
async function watchMany(process: Watching, count: number, every = 30_000): Promise<SessionWatch[]> {
  const { shared, watches } = process
  const ids = Array.from({ length: count }, (_, n) => shared.repository.rowId(`${n} ${Math.random()}`))
  const now = shared.repository.now()
  const expires = new Date(now.getTime() + 86_400_000)
  const rows = ids.map((id) => ({ id, data: '{}', expires, createdAt: now, version: 1, columns: { userId: 1 } }))
  await process.backend.inner.insert(rows)
  const all = await Promise.all(ids.map((id) => watches.begin(id, every, true)))
  process.takeFinds()
  return all
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

describe('reading watched sessions', () => {
  it('takes one statement for 128 sessions in each period, spread over it', async () => {
    const process = watching()
    await watchMany(process, 10_000)
    const perSecond: number[] = []
    for (let second = 0; second < 60; second++) {
      await process.clock.let(1)
      const finds = process.takeFinds()
      expect(Math.max(...finds)).to.be.at.most(128)
      perSecond.push(finds.length)
    }
    expect(sum(perSecond)).to.be.within(2 * 79 - 1, 2 * 79 + 1)
    expect(Math.max(...perSecond)).to.be.at.most(3)
    expect(process.clock.count).to.equal(1)
  })

  it('takes one statement for few sessions, and one timer, which does not go on without them', async () => {
    const process = watching()
    const all = await watchMany(process, 100)
    await process.clock.let(90)
    expect(process.takeFinds()).to.deep.equal([100, 100, 100])
    for (const watch of all) watch.stop()
    expect(process.clock.count).to.equal(0)
    await process.clock.let(90)
    expect(process.takeFinds()).to.deep.equal([])
  })

  it('reads a session once for all of its watches', async () => {
    const process = watching()
    const session = await process.begin()
    for (let n = 0; n < 50; n++) await process.watch(session)
    process.takeFinds()
    await process.clock.let(30)
    expect(process.takeFinds()).to.deep.equal([1])
  })

  it('is never later than a period, while many sessions come and go', async () => {
    const process = watching()
    const { clock, watches } = process
    const check = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        await clock.let(1)
        const oldest = watches.all.reduce((least, { readAt }) => Math.min(least, readAt), clock.now())
        expect(clock.now() - oldest).to.be.at.most(30_000)
      }
    }
    const few = await watchMany(process, 100)
    await check(7)
    const many = await watchMany(process, 5000)
    await check(50)
    for (const watch of [...many.slice(0, 2400), ...few]) watch.stop()
    await check(20)
    await watchMany(process, 300)
    for (const watch of many.slice(2400, 4900)) watch.stop()
    await check(40)
    expect(watches.all).to.have.length(400)
  })

  it('sends no statement while one is running', async () => {
    const process = watching()
    await watchMany(process, 1000)
    let running = 0
    process.backend.before = async () => {
      expect(++running).to.equal(1)
      await idle()
      running--
    }
    await process.clock.let(60)
    expect(process.takeFinds().length).to.be.within(15, 17)
  })

  it('reads ended sessions once more, together, under the names of replaced ids', async () => {
    const process = watching()
    const all = await watchMany(process, 128)
    await process.backend.inner.deleteWhere({ userId: 1 }, [])
    await process.clock.let(30)
    expect(process.takeFinds()).to.deep.equal([128, 128])
    expect(new Set(all.map(({ reason }) => reason))).to.deep.equal(new Set(['ended']))
    expect(process.clock.count).to.equal(0)
  })
})

describe('a database that fails', () => {
  it('ends no watch, is reported once for each failure, and is asked again', async () => {
    const process = watching()
    const { clock, backend, shared, begin, watch, other } = process
    const errors: unknown[] = []
    shared.events.on('error', ({ error }) => errors.push(error))
    const [ended, goesOn] = [await begin(), await begin()]
    const [endedWatch, watchOn] = [await watch(ended), await watch(goesOn)]
    await other.delete(ended.id)
    backend.before = (call) => call === 'find' && Promise.reject(new Error('down'))
    await clock.let(30)
    expect([endedWatch.reason, errors.length > 0]).to.deep.equal([undefined, true])
    backend.before = () => {}
    await clock.let(7.5)
    expect([endedWatch.reason, watchOn.reason]).to.deep.equal(['ended', undefined])
  })

  it('is told by one warning, if the event error has no listener', async () => {
    const process = watching()
    await process.watch(await process.begin())
    process.backend.before = (call) => call === 'find' && Promise.reject(new Error('down'))
    const warnings = await warned('BACKEND_FAILED', () => process.clock.let(90))
    expect(warnings).to.have.length(1)
  })

  it('does not hide other sessions, if it is one row that cannot be read', async () => {
    const process = watching()
    const { clock, backend, begin, watch, other, shared } = process
    shared.events.on('error', () => {})
    const sessions = [await begin(), await begin(), await begin()]
    const watches = await Promise.all(sessions.map((session) => watch(session)))
    const bad = sessions[1]?.state.rowId
    const find = backend.find.bind(backend)
    backend.find = async (ids) => (ids.includes(bad ?? '') ? Promise.reject(new TypeError('bad')) : find(ids))
    for (const { id } of sessions) await other.delete(id).catch(() => {})
    await backend.inner.delete(sessions.map(({ state }) => state.rowId))
    await clock.let(30)
    expect(watches.map(({ reason }) => reason)).to.deep.equal(['ended', undefined, 'ended'])
  })

  it('does not take an unreadable row for an end', async () => {
    const process = watching()
    const { clock, backend, begin, watch, shared } = process
    const errors: unknown[] = []
    shared.events.on('error', ({ error }) => errors.push(error))
    const session = await begin()
    const watched = await watch(session)
    const row = await backend.row()
    await backend.inner.delete([row.id])
    await backend.inner.insert([{ ...row, expires: new Date(Number.NaN) }])
    await clock.let(30)
    expect([watched.reason, errors.length]).to.deep.equal([undefined, 1])
  })
})

describe('a watch that is over', () => {
  it('keeps nothing in memory, and neither does its session', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const process = watching({}, new MemorySessionBackend<Columns>({ userId: null }))
    const refs: WeakRef<object>[] = []
    const kept = await process.watch(await process.begin())
    await (async () => {
      const [ended, stopped] = [await process.begin(), await process.begin()]
      const watches = [await process.watch(ended), await process.watch(stopped)]
      for (const watch of watches) {
        const socket = { watch }
        watch.signal.addEventListener('abort', () => void socket.watch)
        refs.push(new WeakRef(watch), new WeakRef(socket))
      }
      for (const session of process.watches.all.slice(1)) refs.push(new WeakRef(session))
      await ended.destroy()
      watches[1]?.stop()
    })()
    await process.clock.let(60)
    await idle()
    collect()
    expect(refs).to.have.length(6)
    expect(refs.filter((ref) => ref.deref() !== undefined)).to.have.length(0)
    expect(kept.reason).to.equal(undefined)
  })
})
