import { AsyncResource } from 'node:async_hooks'
import { mock } from 'node:test'
import { setImmediate as soon } from 'node:timers/promises'
import { expect } from 'chai'
import { TransactionGate } from '../../src/sql/transaction-gate.js'
import { type Latch, latch } from '../koa/support/latch.js'
import { expectError } from '../support/errors.js'

/** Longer than any test runs. */
const never = 60_000

/** A gate, and what went through it. */
class Scene {
  readonly gate: TransactionGate
  readonly events: string[] = []

  constructor(longestWait = never) {
    this.gate = new TransactionGate(longestWait)
  }

  /** A write that lasts until the latch is opened. */
  write(name: string): Latch & { readonly done: Promise<void> } {
    const { promise, open } = latch()
    const done = this.gate.write(async () => {
      this.events.push(name)
      await promise
      this.events.push(`${name} is over`)
    })
    return { promise, open, done }
  }

  /** A transaction up to the moment when it is open. */
  async start(name: string): Promise<void> {
    await this.gate.willBegin()
    this.events.push(name)
    this.gate.didBegin()
  }
}

describe('the gate between session writes and transactions on one connection', () => {
  it('holds nobody up while nothing happens', async () => {
    const { gate } = new Scene()
    expect(gate.willBegin()).to.equal(undefined)
    gate.didBegin()
    gate.didEndUnannounced()
    let ran = false
    const write = gate.write(async () => {
      ran = true
      return 'result'
    })
    expect(ran).to.equal(true)
    expect(await write).to.equal('result')
    expect(gate.willBegin()).to.equal(undefined)
  })

  it('lets writes run beside each other', async () => {
    const scene = new Scene()
    const writes = [scene.write('a'), scene.write('b')]
    expect(scene.events).to.deep.equal(['a', 'b'])
    for (const write of writes) write.open()
    await Promise.all(writes.map(({ done }) => done))
  })

  it('lets a write wait until the transaction is over, from the moment when it begins', async () => {
    const scene = new Scene()
    scene.gate.willBegin()
    const write = scene.write('write')
    write.open()
    await soon()
    scene.gate.didBegin()
    await soon()
    expect(scene.events).to.deep.equal([])
    scene.gate.didEndUnannounced()
    await write.done
    expect(scene.events).to.deep.equal(['write', 'write is over'])
  })

  it('lets a transaction wait for the writes that are under way, also if they fail', async () => {
    const scene = new Scene()
    const write = scene.write('write')
    const failing = latch()
    const failed = scene.gate.write(async () => {
      await failing.promise
      throw new Error('full')
    })
    const started = scene.start('transaction')
    write.open()
    await write.done
    await soon()
    expect(scene.events).to.deep.equal(['write', 'write is over'])
    failing.open()
    expect(await failed.catch((error: Error) => error.message)).to.equal('full')
    await started
    expect(scene.events.at(-1)).to.equal('transaction')
  })

  it('keeps the order of arrival, so that neither writes nor transactions starve', async () => {
    const scene = new Scene()
    const first = scene.write('first')
    const started = scene.start('transaction')
    const second = scene.write('second')
    first.open()
    second.open()
    await started
    const third = scene.write('third')
    third.open()
    await soon()
    expect(scene.events).to.deep.equal(['first', 'first is over', 'transaction'])
    scene.gate.didEndUnannounced()
    const next = scene.start('next transaction')
    await Promise.all([second.done, third.done, next])
    expect(scene.events.slice(3, 5)).to.deep.equal(['second', 'third'])
    expect(scene.events.at(-1)).to.equal('next transaction')
  })

  it('counts nested transactions, which never wait', async () => {
    const scene = new Scene()
    await scene.start('outer')
    const write = scene.write('write')
    write.open()
    expect(scene.gate.willBegin()).to.equal(undefined)
    scene.gate.didBegin()
    scene.gate.willEnd()
    scene.gate.didEnd()
    await soon()
    expect(scene.events).to.deep.equal(['outer'])
    scene.gate.didEndUnannounced()
    await write.done
  })

  it('lets transactions that start at once go one after the other', async () => {
    const scene = new Scene()
    const write = scene.write('write')
    const first = scene.start('first')
    const second = scene.start('second')
    const between = scene.write('between')
    write.open()
    await Promise.all([write.done, first])
    await soon()
    expect(scene.events.slice(2)).to.deep.equal(['first'])
    scene.gate.didEndUnannounced()
    await second
    scene.gate.didEndUnannounced()
    between.open()
    await between.done
    expect(scene.events.slice(2)).to.deep.equal(['first', 'second', 'between', 'between is over'])
  })

  it('lets a transaction wait while another one begins', async () => {
    const { gate } = new Scene()
    gate.willBegin()
    const second = gate.willBegin()
    expect(second).to.be.instanceOf(Promise)
    gate.didBegin()
    gate.didEndUnannounced()
    await second
  })

  it('lets a transaction that waited in vain for another one be nested in it', async () => {
    const scene = new Scene(1)
    const first = scene.start('first')
    await Promise.all([first, scene.start('second')])
    scene.gate.didEndUnannounced()
    await expectError('TRANSACTION_OPEN', () => scene.write('write').done)
    scene.gate.didEndUnannounced()
    expect(scene.gate.willBegin()).to.equal(undefined)
  })

  it('takes what begins or writes within a write for a part of it', async () => {
    const scene = new Scene()
    await scene.gate.write(async () => {
      await scene.start('transaction of a listener')
      await scene.gate.write(async () => scene.events.push('write of a listener'))
      scene.gate.didEndUnannounced()
    })
    expect(scene.events).to.deep.equal(['transaction of a listener', 'write of a listener'])
  })

  it('follows no write through its calls within which nobody is called: what begins meanwhile waits for it', async () => {
    const scene = new Scene()
    let waiting: unknown
    const write = scene.gate.write(async () => {
      waiting = scene.gate.willBegin()
    }, false)
    await write
    expect(waiting).to.be.instanceOf(Promise)
    await waiting
  })

  it('takes nothing for a part of a write that is over', async () => {
    const scene = new Scene()
    const write = scene.write('write')
    let begins: () => unknown = () => {}
    await scene.gate.write(async () => {
      begins = AsyncResource.bind(() => scene.gate.willBegin())
    })
    const waiting = begins()
    expect(waiting).to.be.instanceOf(Promise)
    write.open()
    await Promise.all([write.done, waiting])
  })

  it('refuses a write after the longest wait in front of an open transaction', async () => {
    const scene = new Scene(1)
    await scene.start('transaction')
    const error = await expectError('TRANSACTION_OPEN', () => scene.write('write').done)
    expect(error.status).to.equal(503)
    expect(scene.events).to.deep.equal(['transaction'])
    scene.gate.didEndUnannounced()
    const write = scene.write('later')
    write.open()
    await write.done
    expect(scene.gate.willBegin()).to.equal(undefined)
  })

  it('refuses each write that waits, and none again that went through', async () => {
    const scene = new Scene(1)
    await scene.start('transaction')
    const refused = [scene.write('a'), scene.write('b')]
    for (const { done } of refused) await expectError('TRANSACTION_OPEN', () => done)
    expect(scene.gate.willBegin()).to.equal(undefined)
    scene.gate.didBegin()
    scene.gate.didEndUnannounced()
    scene.gate.didEndUnannounced()
    await scene.start('next')
    expect(scene.events).to.deep.equal(['transaction', 'next'])
  })

  it('refuses a write also where the end of a nested transaction has taken place, or failed and was tried again', async () => {
    const scene = new Scene(1)
    await scene.start('outer')
    await scene.start('inner')
    scene.gate.willEnd()
    scene.gate.didEnd()
    await expectError('TRANSACTION_OPEN', () => scene.write('write').done)
    scene.gate.willEnd()
    scene.gate.willEnd()
    scene.gate.didEnd()
    await scene.start('next')
    await expectError('TRANSACTION_OPEN', () => scene.write('write').done)
  })

  it('does not forget a transaction whose end is under way, however long the write has waited', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const scene = new Scene(10)
      await scene.start('transaction')
      const write = scene.write('write')
      write.open()
      mock.timers.tick(9)
      scene.gate.willEnd()
      mock.timers.tick(9)
      await soon()
      expect(scene.events).to.deep.equal(['transaction'])
      scene.gate.didEnd()
      await write.done
      mock.timers.tick(10)
      expect(scene.gate.willBegin()).to.equal(undefined)
    } finally {
      mock.timers.reset()
    }
  })

  const lost: Record<string, (scene: Scene) => Promise<void>> = {
    'whose end failed': async (scene) => {
      await scene.start('lost')
      scene.gate.willEnd()
    },
    'whose nested end failed': async (scene) => {
      await scene.start('outer')
      await scene.start('lost')
      scene.gate.willEnd()
      scene.gate.willEnd()
    },
    'that never began': async ({ gate }) => void gate.willBegin(),
  }
  for (const [which, lose] of Object.entries(lost)) {
    it(`forgets a transaction ${which}, after the longest wait`, async () => {
      const scene = new Scene(1)
      await lose(scene)
      const write = scene.write('write')
      write.open()
      await write.done
      scene.write('at once').open()
      expect(scene.events.at(-1)).to.equal('at once')
      await lose(scene)
      await scene.start('transaction')
      scene.gate.didEndUnannounced()
      const later = scene.write('later')
      later.open()
      await later.done
    })
  }

  it('knows at once that a transaction did not begin, if its end is tried', async () => {
    const scene = new Scene()
    scene.gate.willBegin()
    const write = scene.write('write')
    write.open()
    scene.gate.willEnd()
    await write.done
  })

  it('does not keep a transaction waiting for a write that hangs', async () => {
    const scene = new Scene(1)
    const hanging = scene.write('hangs')
    await scene.start('transaction')
    scene.gate.didEndUnannounced()
    hanging.open()
    await hanging.done
  })

  it('does not keep a write waiting for a transaction that waits for another one', async () => {
    const scene = new Scene(1)
    const hanging = scene.write('hangs')
    const started = scene.start('transaction').then(() => scene.gate.didEndUnannounced())
    const write = scene.write('write')
    write.open()
    await Promise.all([started, write.done])
    hanging.open()
    await hanging.done
  })

  it('keeps nobody waiting for ever, if nobody begins', async () => {
    const scene = new Scene(1)
    scene.gate.willBegin()
    const second = scene.gate.willBegin()
    const write = scene.write('write')
    write.open()
    await Promise.all([second, write.done])
  })

  it('refuses no write while no transaction is open', async () => {
    const scene = new Scene(1)
    const { promise, open } = latch()
    const hanging = scene.gate.write(async () => {
      scene.gate.willBegin()
      await promise
    })
    const started = scene.start('transaction')
    const write = scene.write('write')
    write.open()
    await write.done
    await started
    scene.gate.didEndUnannounced()
    open()
    await hanging
  })

  it('hears of ends that it knows no beginning of', async () => {
    const scene = new Scene()
    scene.gate.didEndUnannounced()
    scene.gate.willEnd()
    scene.gate.didEnd()
    await scene.start('transaction')
    const write = scene.write('write')
    write.open()
    await soon()
    expect(scene.events).to.deep.equal(['transaction'])
    scene.gate.didEndUnannounced()
    await write.done
  })
})
