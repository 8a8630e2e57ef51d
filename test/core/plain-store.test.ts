import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { WatchedBackend } from '../koa/support/watched-backend.js'
import { Clock } from '../support/clock.js'

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
