import { mock } from 'node:test'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { latch } from '../../koa/support/latch.js'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { expectError } from '../../support/errors.js'

function setUp() {
  const backend = new WatchedBackend(new MemorySessionBackend<object>({}))
  const errors: unknown[] = []
  /** Another process on the same table. */
  const process = () =>
    new SessionManager<object, Record<string, unknown>>({ backend, cleanup: false }).on('error', ({ error }) =>
      errors.push(error),
    )
  return { backend, errors, manager: process(), process }
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending')
  await new Promise(setImmediate)
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending
}

describe('calls for one id that are made at once', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  it('are done in the order of the calls', async () => {
    const { manager, backend, errors } = setUp()
    for (const existing of [false, true]) {
      if (existing) await manager.set('a', { old: true })
      const seen = await Promise.all([
        manager.set('a', { n: 1 }),
        manager.get('a'),
        manager.set('a', { n: 2 }),
        manager.get('a'),
        manager.delete('a'),
        manager.get('a'),
        manager.set('a', { n: 3 }),
        manager.set('a', { n: 4 }),
        manager.get('a'),
        manager.delete('a'),
      ])
      const found = seen.filter((value) => value !== undefined)
      expect(found).to.deep.equal([{ n: 1 }, { n: 2 }, { n: 4 }])
      expect(await backend.rows()).to.have.length(0)
    }
    expect(errors).to.deep.equal([])
  })

  it('go on after one that fails', async () => {
    const { manager } = setUp()
    const failing = manager.set('a', { id: 'x' })
    const setting = manager.set('a', { n: 1 })
    await expectError('NAME_RESERVED', () => failing)
    await setting
    expect(await manager.get('a')).to.deep.equal({ n: 1 })
  })

  it('let a read go on after a second', async () => {
    const { manager, backend } = setUp()
    await manager.set('a', { n: 1 })
    const stuck = latch()
    backend.before = (call) => (call === 'update' ? stuck.promise : undefined)
    const setting = manager.set('a', { n: 2 })
    const reading = manager.get('a')
    mock.timers.tick(999)
    expect(await isSettled(reading)).to.equal(false)
    mock.timers.tick(1)
    expect(await reading).to.deep.equal({ n: 1 })
    stuck.open()
    await setting
    expect(await manager.get('a')).to.deep.equal({ n: 2 })
  })

  it('hold up no other id', async () => {
    const { manager, backend } = setUp()
    await manager.set('b', { n: 1 })
    const slow = latch()
    let isFirst = true
    backend.before = () => {
      const wait = isFirst ? slow.promise : undefined
      isFirst = false
      return wait
    }
    const setting = manager.set('a', {})
    expect(await manager.get('b')).to.deep.equal({ n: 1 })
    slow.open()
    await setting
  })
})

describe('a session that two processes create at once', () => {
  it('is created by one and replaced by the other, without an alarm', async () => {
    const { backend, errors, manager, process } = setUp()
    const other = process()
    backend.before = async (call) => {
      if (call !== 'insert') return
      backend.before = () => {}
      await other.set('a', { by: 'other' })
    }
    await manager.set('a', { by: 'me' })
    expect(await manager.get('a')).to.deep.equal({ by: 'me' })
    expect(errors).to.deep.equal([])
  })

  it('may be ended by a third one before anybody looks', async () => {
    const { backend, errors, manager, process } = setUp()
    const other = process()
    let times = 0
    backend.before = async (call) => {
      if (call !== 'insert' || ++times > 3) return
      const { before } = backend
      backend.before = () => {}
      await other.set('a', { by: 'other' })
      const { inner } = backend
      setImmediate(() => inner.deleteAll())
      backend.before = before
    }
    await manager.set('a', { by: 'me' })
    expect(await manager.get('a')).to.deep.equal({ by: 'me' })
    expect(errors).to.deep.equal([])
  })

  it('is an error, told once, if the database takes no row', async () => {
    const { backend, errors, manager } = setUp()
    backend.before = (call) => {
      if (call === 'insert') throw new Error('no space')
    }
    const error = await expectError('BACKEND_FAILED', () => manager.set('a', {}))
    expect(errors).to.deep.equal([error])
  })
})
