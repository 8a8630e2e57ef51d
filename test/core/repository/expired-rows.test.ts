import { mock } from 'node:test'
import { expect } from 'chai'
import { type ExpiredRow, MemorySessionBackend, SessionManager } from 'koa-session-model'
import { resolveOptions } from '../../../src/core/options/resolve-options.js'
import { type BatchTime, ExpiredRows } from '../../../src/core/repository/expired-rows.js'
import { share } from '../../../src/core/session/shared.js'
import { idle } from '../../support/passing-time.js'

/** What a backend removes in each call, and how long that takes by the clock of the test. */
interface Call {
  readonly removed: number
  readonly takes: number
}

/** A clock that only calls and pauses move, and what they were. */
function setUp(calls: readonly Call[]) {
  let clock = 0
  const pauses: number[] = []
  const left = [...calls]
  const backend = new MemorySessionBackend()
  backend.findExpired = async () => rowsOf(left[0]?.removed ?? 0)
  backend.deleteExpired = async () => {
    const call = left.shift() ?? { removed: 0, takes: 0 }
    clock += call.takes
    return call.removed
  }
  const time: BatchTime = {
    now: () => clock,
    pause: async (milliseconds) => {
      pauses.push(milliseconds)
      clock += milliseconds
    },
  }
  const { repository, events } = share(resolveOptions({ backend, cleanup: { batch: 10 } }))
  return { expired: new ExpiredRows(repository, events, time), events, pauses, left }
}

describe('the removal of expired rows', () => {
  it('leaves the database to others for as long as the last batch took', async () => {
    const { expired, pauses } = setUp([
      { removed: 10, takes: 5 },
      { removed: 10, takes: 40 },
      { removed: 3, takes: 7 },
    ])
    expect(await expired.remove(0)).to.equal(23)
    expect(pauses).to.deep.equal([5, 40])
  })

  it('waits for a second at the most after a batch that was slow', async () => {
    const { expired, pauses } = setUp([{ removed: 10, takes: 60_000 }])
    await expired.remove(0)
    expect(pauses).to.deep.equal([1000])
  })

  it('ends in the middle of a pause when it is stopped, and tells what it has removed', async () => {
    const { repository, events } = share(resolveOptions({ backend: setUpEndless(), cleanup: { batch: 10 } }))
    const counts: number[] = []
    events.on('expired', ({ count }) => void counts.push(count))
    const time: BatchTime = {
      now: () => 0,
      pause: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
    }
    const expired = new ExpiredRows(repository, events, time)
    const removing = expired.remove(0)
    await idle()
    expired.stop()
    expect(await removing).to.equal(10)
    expect(counts).to.deep.equal([10])
  })

  it('ends at once when the manager is closed, by the real clock too', async () => {
    let clock = 0
    // A batch takes a second, for whoever looks at the clock: the pause after it would be as long.
    const seconds = mock.method(performance, 'now', () => (clock += 1000))
    try {
      const manager = new SessionManager({ backend: setUpEndless(), cleanup: { batch: 10 } })
      const removing = manager.deleteExpired()
      await idle()
      manager.close()
      expect(await Promise.race([removing, idle()])).to.equal(10)
    } finally {
      seconds.mock.restore()
    }
  })
})

/** A backend in which there are always more expired rows. */
function setUpEndless(): MemorySessionBackend {
  const backend = new MemorySessionBackend()
  backend.findExpired = async (_, limit) => rowsOf(limit)
  backend.deleteExpired = async (_, ids) => ids.length
  return backend
}

function rowsOf(count: number): ExpiredRow[] {
  return Array.from({ length: count }, (_, index) => ({ id: `row ${index}`, expires: new Date(0) }))
}
