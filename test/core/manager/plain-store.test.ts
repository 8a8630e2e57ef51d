import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { hashId } from '../../../src/core/codec/id.js'
import { forwardingIdOf } from '../../../src/core/repository/former-ids.js'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

function setUp(options: SessionPolicy = {}) {
  const clock = new Clock()
  const backend = new WatchedBackend(new MemorySessionBackend())
  const manager = new SessionManager({ backend, cleanup: false, now: clock.now, maxAge: '10s', ...options })
  return { clock, backend, manager }
}

describe('a session that is ended while the plain store reads it', () => {
  for (const onGone of ['ignore', 'throw'] as const) {
    it(`is nothing: onGone ${onGone}`, async () => {
      const { clock, backend, manager } = setUp({ onGone })
      await manager.set('a', { seen: true })
      clock.pass(5)
      backend.before = (call) => call === 'touch' && backend.inner.deleteAll()
      expect(await manager.get('a')).to.equal(undefined)
      expect(backend.takeCalls()).to.include('touch')
    })
  }
})

describe("an id that begins with '~', as those of rows do that are no sessions", () => {
  it('reaches none of them where ids are stored as they are', async () => {
    const { backend, manager } = setUp({ hashIds: false })
    const session = await openSession(manager)
    session.properties.set('seen', true)
    await session.commit()
    const trace = forwardingIdOf(session.id, manager.options)
    await session.regenerate()
    await session.commit()
    expect(await backend.inner.find([trace])).to.have.length(1)
    const calls = [
      () => manager.get(trace),
      () => manager.set(trace, { userId: 1 }),
      () => manager.delete(trace),
      () => manager.set('~', {}),
    ]
    for (const call of calls) await expectError('ID_INVALID', call)
    expect(await backend.inner.find([trace])).to.have.length(1)
    expect((await manager.get(session.id))?.seen).to.equal(true)
  })

  it('is one like any other where ids are hashed', async () => {
    const { manager } = setUp()
    await manager.set('~a', { seen: true })
    expect((await manager.get('~a'))?.seen).to.equal(true)
    await manager.delete('~a')
    expect(await manager.get('~a')).to.equal(undefined)
  })
})

/** A backend whose rows `rehash` moves to the hashes of their ids just after they were found the first time. */
class RehashedBackend extends MemorySessionBackend {
  override async find(ids: readonly string[]) {
    const rows = await super.find(ids)
    for (const { id, version } of rows.filter((row) => row.id.length < 64)) {
      await this.update([{ id, version, now: new Date(), values: { id: hashId(id), version: Number(version) + 1 } }])
    }
    return rows
  }
}

describe('a session whose id is hashed while the plain store looks for it', () => {
  const setUpRehashed = async () => {
    const backend = new RehashedBackend()
    await new SessionManager({ backend, hashIds: false }).set('one', { count: 1 })
    return { backend, manager: new SessionManager({ backend, hashIds: 'migrate' }) }
  }

  it('is read', async () => {
    const { manager } = await setUpRehashed()
    expect(await manager.get('one')).to.deep.equal({ count: 1 })
  })

  it('is written', async () => {
    const { backend, manager } = await setUpRehashed()
    await manager.set('one', { count: 2 })
    expect(await manager.get('one')).to.deep.equal({ count: 2 })
    expect(await backend.find(['one'])).to.deep.equal([])
  })

  it('is ended', async () => {
    const { manager } = await setUpRehashed()
    await manager.delete('one')
    expect(await manager.get('one')).to.equal(undefined)
  })
})
