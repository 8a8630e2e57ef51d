import { types } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import { MemorySessionBackend, SessionError, SessionManager } from 'koa-session-model'
import { WatchedBackend } from '../koa/support/watched-backend.js'
import { openSession } from '../support/open-session.js'
import { conditions, conditionValues } from './support/conditions.js'
import { expectPlain, isPlain } from './support/plain-conditions.js'
import { holds, isLong, sizeOf } from './support/sizes.js'
import { Tally } from './support/tally.js'

type Columns = { userId: number | null; label: string | null; seenAt: Date | null }
const columns = ['userId', 'label', 'seenAt']

/** A backend that checks each condition it gets. */
class SuspiciousBackend extends MemorySessionBackend<Columns> {
  readonly seen: unknown[] = []

  override list(...[where, now, limit]: Parameters<MemorySessionBackend['list']>) {
    this.seen.push(where)
    return super.list(where, now, limit)
  }

  override deleteWhere(...[where, except]: Parameters<MemorySessionBackend['deleteWhere']>) {
    this.seen.push(where)
    return super.deleteWhere(where, except)
  }
}

function open(limit: object = {}) {
  const inner = new SuspiciousBackend({ userId: null, label: null, seenAt: null })
  const backend = new WatchedBackend<Columns>(inner)
  return { inner, backend, manager: new SessionManager<Columns>({ backend, cleanup: false, ...limit }) }
}

/** The code of the error, or what `act` gave. */
async function outcomeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
    return 'taken'
  } catch (error) {
    if (error instanceof SessionError) return error.code
    throw error
  }
}

describe('any condition', function () {
  if (isLong) this.timeout(0)

  it('of list() and revoke() reaches the backend only as plain values of known columns', async () => {
    const tally = new Tally('Conditions of list() and revoke()')
    const { inner, backend, manager } = open()
    const property = fc.asyncProperty(conditions, fc.boolean(), async (where, isList) => {
      const outcome = await outcomeOf(() => (isList ? manager.list(where as never) : manager.revoke(where as never)))
      expect(outcome).to.be.oneOf(['taken', 'WHERE_INVALID'])
      // A session that was listed under an id is looked for under its new one first.
      const calls = backend.takeCalls().filter((call) => call !== 'find')
      expect(calls.length).to.equal(outcome === 'taken' ? 1 : 0)
      for (const seen of inner.seen.splice(0)) expectPlain(seen, columns, isList)
      tally.count(outcome)
    })
    await holds(property, sizeOf('conditions'))
    tally.close('taken', 'WHERE_INVALID')
  })

  it('that a limit makes of a property is one plain value, or nothing is asked', async () => {
    const tally = new Tally('Values of a limited column')
    const { inner, backend, manager } = open({ limit: { by: 'label', max: 2 } })
    const property = fc.asyncProperty(conditionValues, async (value) => {
      const outcome = await outcomeOf(async () => {
        const session = await openSession(manager)
        session.properties.set('userId', 1)
        session.properties.set('label', value)
        await session.save()
      })
      // A date with properties of its own is copied without them.
      const isTaken = isPlain(value) || value === undefined || types.isDate(value)
      if (!isTaken) expect(outcome).to.be.oneOf(['WHERE_INVALID', 'DATA_NOT_SERIALIZABLE'])
      expect(backend.takeCalls().length > 0).to.equal(outcome === 'taken')
      for (const seen of inner.seen.splice(0)) expectPlain(seen, ['label'])
      tally.count(outcome)
    })
    await holds(property, Math.ceil(sizeOf('conditions') / 10))
    tally.close('taken', 'WHERE_INVALID')
  })
})
