import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { viewOf } from '../../../src/core/session/session-view.js'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null }

function setUp(options: SessionPolicy<Columns> = {}) {
  const backend = new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null }))
  const manager = new SessionManager<Columns>({ backend, cleanup: false, ...options })
  const watched = async (userId = 1) => {
    const { id } = await manager.create({ userId })
    return { id, session: await openSession(manager, id), watch: await manager.watch(id) }
  }
  return { backend, manager, watched }
}

describe('what this process ends', () => {
  const ends: Record<string, (found: Awaited<ReturnType<ReturnType<typeof setUp>['watched']>>) => Promise<unknown>> = {
    'destroy()': ({ session }) => session.destroy(),
    'the end of a session, with its commit': ({ session }) => {
      session.end()
      return session.commit()
    },
  }
  for (const [name, end] of Object.entries(ends)) {
    it(`aborts the signal at once: ${name}`, async () => {
      const { watched, manager } = setUp()
      const [found, other] = [await watched(), await watched()]
      await end(found)
      expect([found.watch.reason, other.watch.reason]).to.deep.equal(['logout', undefined])
      manager.close()
    })
  }

  it('aborts the signal at once: delete(), and by the store', async () => {
    const { watched, manager } = setUp()
    const all = [await watched(), await watched(), await watched(), await watched()]
    await manager.delete(all[0]?.id ?? '')
    await manager.store.delete(all[1]?.id ?? '')
    await (await manager.store.load(all[2]?.id ?? ''))?.destroy()
    expect(all.map(({ watch }) => watch.reason)).to.deep.equal(['logout', 'logout', 'logout', undefined])
    manager.close()
  })

  it('aborts the signal at once: revoke(), which spares others', async () => {
    const { watched, manager, backend } = setUp()
    const all = [await watched(1), await watched(1), await watched(2)]
    await manager.revoke({ userId: 1 }, { except: viewOf(await openSession(manager, all[0]?.id ?? '')) })
    expect(all.map(({ watch }) => watch.reason)).to.deep.equal([undefined, 'revoked', undefined])
    backend.takeCalls()
    const [row] = await manager.list({ userId: 1 })
    await manager.revoke({ id: row?.id ?? '' })
    expect(all.map(({ watch }) => watch.reason)).to.deep.equal(['revoked', 'revoked', undefined])
    manager.close()
  })

  it('aborts the signal at once: revoke() of very many', async () => {
    const { manager, watched } = setUp()
    const { watch } = await watched()
    const far = await watched()
    await Promise.all(Array.from({ length: 1100 }, () => manager.create({ userId: 1 })))
    await manager.revoke({ userId: 1 })
    expect([watch.reason, far.watch.reason]).to.deep.equal(['revoked', 'revoked'])
    manager.close()
  })

  it('aborts the signal at once: deleteAll()', async () => {
    const { watched, manager } = setUp()
    const all = [await watched(1), await watched(2)]
    await manager.deleteAll()
    expect(all.map(({ watch }) => watch.reason)).to.deep.equal(['revoked', 'revoked'])
    manager.close()
  })

  it('aborts the signal at once: the option limit', async () => {
    const { watched, manager } = setUp({ limit: { by: 'userId', max: 1 } })
    const [first, second] = [await watched(), await watched()]
    expect([first.watch.reason, second.watch.reason]).to.deep.equal(['limit', undefined])
    manager.close()
  })

  it('costs revoke() no statement if nothing is watched', async () => {
    const { backend, manager } = setUp()
    await manager.create({ userId: 1 })
    backend.takeCalls()
    await manager.revoke({ userId: 1 })
    expect(backend.takeCalls()).to.deep.equal(['deleteWhere'])
    manager.close()
  })

  it('is known to all watches of the session, and to none of those that were stopped', async () => {
    const { watched, manager } = setUp()
    const { id, watch } = await watched()
    const [second, stopped] = [await manager.watch(id), await manager.watch(id)]
    stopped.stop()
    await manager.delete(id)
    expect([watch, second, stopped].map(({ reason }) => reason)).to.deep.equal(['logout', 'logout', undefined])
    expect(stopped.signal.aborted).to.equal(false)
    manager.close()
  })

  it('is ended in revoke() even if the watched sessions cannot be read then', async () => {
    const { watched, manager, backend } = setUp()
    manager.on('error', () => {})
    const { watch } = await watched()
    backend.before = (call) => call === 'find' && Promise.reject(new Error('down'))
    expect(await manager.revoke({ userId: 1 })).to.equal(1)
    expect(watch.reason).to.equal(undefined)
    manager.close()
  })
})
