import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy, type WatchOptions } from 'koa-session-model'
import { viewOf } from '../../../src/core/session/session-view.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null }

function setUp(options: SessionPolicy<Columns> = {}) {
  const backend = new MemorySessionBackend<Columns>({ userId: null })
  return new SessionManager<Columns>({ backend, cleanup: false, ...options })
}

describe('watch()', () => {
  it('refuses a session that is not stored', async () => {
    const manager = setUp()
    const session = await openSession(manager)
    const { message } = await expectError('SESSION_NOT_STORED', () => manager.watch(viewOf(session)))
    expect(message).to.include('save()')
    await expectError('SESSION_NOT_STORED', () => manager.watch('x'.repeat(43)))
    session.properties.set('userId', 1)
    await session.save()
    expect((await manager.watch(viewOf(session))).reason).to.equal(undefined)
    expect((await manager.watch(session.id)).reason).to.equal(undefined)
    manager.close()
  })

  it('refuses a session that has ended since the request began', async () => {
    const manager = setUp()
    const { id } = await manager.create()
    const late = await openSession(manager, id)
    await manager.delete(id)
    await expectError('SESSION_GONE', () => manager.watch(viewOf(late)))
    manager.close()
  })

  it('refuses what is no session and no id', async () => {
    const manager = setUp()
    await expectError('ID_INVALID', () => manager.watch(''))
    for (const value of [undefined, null, 1, {}]) {
      await expectError('OPTION_INVALID', () => manager.watch(value as object))
    }
    manager.close()
  })

  it('refuses an option that it does not know, and a period that is too short or too long to follow new ids', async () => {
    const manager = setUp({ grace: '20s' })
    const { id } = await manager.create()
    await expectError('OPTION_UNKNOWN', () => manager.watch(id, { evry: 1 } as WatchOptions))
    for (const every of [0, 999, 55_001, '1h', 'x', null]) {
      const { message } = await expectError('OPTION_INVALID', () => manager.watch(id, { every } as WatchOptions))
      expect(message).to.include('every')
    }
    const { message } = await expectError('OPTION_INVALID', () => manager.watch(id, { every: '1h' }))
    expect(message).to.include('1000 to 55000 milliseconds').and.to.include('grace')
    for (const every of [1000, '55s', undefined]) await manager.watch(id, { every })
    manager.close()
  })

  it('finds the session of an id that is not hashed yet, and goes on when it is hashed', async () => {
    const backend = new MemorySessionBackend<Columns>({ userId: null })
    const old = new SessionManager<Columns>({ backend, cleanup: false, hashIds: false })
    const { id } = await old.create({ userId: 1 })
    const manager = new SessionManager<Columns>({ backend, cleanup: false, hashIds: 'migrate' })
    const watch = await manager.watch(id)
    const [row] = await backend.find([id])
    if (!row) throw new Error('The row is gone.')
    await backend.update([{ id, version: row.version, now: new Date(), values: { id: manager.rowId(id), version: 2 } }])
    await manager.revoke({ userId: 2 })
    const second = await manager.watch(id)
    expect([watch.reason, second.reason]).to.deep.equal([undefined, undefined])
    await manager.delete(id)
    expect(second.reason).to.equal('logout')
    manager.close()
  })

  it('refuses to begin after close(), which aborts no signal', async () => {
    const manager = setUp()
    const { id } = await manager.create()
    const watch = await manager.watch(id)
    const late = expectError('MANAGER_CLOSED', () => manager.watch(id))
    manager.close()
    await late
    await expectError('MANAGER_CLOSED', () => manager.watch(id))
    expect([watch.reason, watch.signal.aborted]).to.deep.equal([undefined, false])
    watch.touch()
    watch.stop()
  })
})
