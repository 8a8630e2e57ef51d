import { once } from 'node:events'
import { mock } from 'node:test'
import { expect } from 'chai'
import { Cleanup } from '../../../src/core/manager/cleanup.js'

const interval = 60_000

/** Lets as much time pass as a sweep can wait at the most, and what it started come to its end. */
async function passInterval(): Promise<void> {
  mock.timers.tick(interval * 1.25)
  await new Promise((resolve) => setImmediate(resolve))
}

describe('the clean-up', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('sweeps again and again until it is stopped', async () => {
    let sweeps = 0
    const cleanup = new Cleanup(interval, async () => sweeps++)
    for (const expected of [0, 1, 2]) {
      expect(sweeps).to.equal(expected)
      await passInterval()
    }
    cleanup.stop()
    await passInterval()
    expect(sweeps).to.equal(3)
  })

  it('does not sweep before three quarters of the interval', () => {
    let sweeps = 0
    const cleanup = new Cleanup(interval, async () => sweeps++)
    mock.timers.tick(interval * 0.74)
    expect(sweeps).to.equal(0)
    cleanup.stop()
  })

  it('does not start again when it is stopped in the middle of a sweep', async () => {
    let sweeps = 0
    const cleanup = new Cleanup(interval, async () => {
      sweeps++
      cleanup.stop()
    })
    await passInterval()
    await passInterval()
    expect(sweeps).to.equal(1)
  })

  it('warns when a sweep fails, and goes on', async () => {
    let sweeps = 0
    const cleanup = new Cleanup(interval, async () => {
      sweeps++
      throw new Error('no database, as the test wants it')
    })
    const warned = once(process, 'warning')
    await passInterval()
    expect((await warned)[0].message).to.equal('no database, as the test wants it')
    await passInterval()
    cleanup.stop()
    expect(sweeps).to.equal(2)
  })
})
