import assert from 'node:assert/strict'
import type { RowTouch, SessionBackend } from '../core/backend/session-backend.js'
import { add, type BackendRule, get, idOf, later, now, outcomesOf } from './runner.js'

const a = idOf('a')
const b = idOf('b')

function versionOf({ capabilities }: SessionBackend): number | null {
  return capabilities.versions ? 1 : null
}

function seenBy(backend: SessionBackend, id: string, lastSeenAt: Date): RowTouch {
  return { id, version: versionOf(backend), now, lastSeenAt }
}

async function lastSeenAt(backend: SessionBackend, id: string): Promise<Date | null> {
  return (await get(backend, id)).lastSeenAt ?? null
}

/** A rule for backends whose rows keep `lastSeenAt`; the others pass it. */
function rule(title: string, check: (backend: SessionBackend) => Promise<void>): BackendRule {
  return {
    title: `${title} (where rows keep lastSeenAt)`,
    check: async (backend) => (backend.capabilities.lastSeenDates ? check(backend) : undefined),
  }
}

/** The rules on the moment of the last use. */
export const lastSeenRules: readonly BackendRule[] = [
  rule('gives back when a session was last used, and null for a row that does not tell', async (backend) => {
    await add(backend, { id: a, lastSeenAt: later(-30) })
    await add(backend, { id: b })
    assert.deepEqual(await lastSeenAt(backend, a), later(-30))
    assert.equal(await lastSeenAt(backend, b), null)
  }),
  rule('a touch without an expiry notes the last use, and changes nothing else', async (backend) => {
    const row = await add(backend, { id: a, columns: { userId: 1, label: null } })
    const touches = [a, b].map((id) => seenBy(backend, id, later(5)))
    assert.deepEqual(await outcomesOf((some) => backend.touch(some), touches), [true, false])
    assert.deepEqual(await get(backend, a), { ...row, lastSeenAt: later(5) })
  }),
  rule('a touch moves the expiry and notes the last use in one', async (backend) => {
    const row = await add(backend, { id: a, columns: { userId: 1, label: null }, lastSeenAt: later(-30) })
    assert.deepEqual(await backend.touch([{ ...seenBy(backend, a, now), expires: later(9000) }]), [true])
    assert.deepEqual(await get(backend, a), { ...row, expires: later(9000), lastSeenAt: now })
  }),
  rule('never takes the last use back: the later moment stays, after a touch and after an update', async (backend) => {
    await add(backend, { id: a, lastSeenAt: later(10) })
    await add(backend, { id: b, lastSeenAt: later(-60) })
    await outcomesOf(
      (some) => backend.touch(some),
      [a, b].map((id) => seenBy(backend, id, now)),
    )
    assert.deepEqual([await lastSeenAt(backend, a), await lastSeenAt(backend, b)], [later(10), now])
    const values = { lastSeenAt: later(5), expires: later(7200), columns: { userId: 2 } }
    const updates = [a, b].map((id) => ({ id, version: versionOf(backend), now, values }))
    assert.deepEqual(await outcomesOf((some) => backend.update(some), updates), [true, true])
    assert.deepEqual([await lastSeenAt(backend, a), await lastSeenAt(backend, b)], [later(10), later(5)])
    assert.equal((await get(backend, a)).columns.userId, 2)
  }),
  rule('an update without a last use leaves it as it is', async (backend) => {
    await add(backend, { id: a, lastSeenAt: later(-30) })
    const values = { expires: later(7200), data: '{}' }
    assert.deepEqual(await backend.update([{ id: a, version: versionOf(backend), now, values }]), [true])
    assert.deepEqual(await lastSeenAt(backend, a), later(-30))
  }),
  rule('does not note the use of an expired row', async (backend) => {
    await add(backend, { id: a, expires: now, lastSeenAt: later(-30) })
    assert.deepEqual(await backend.touch([seenBy(backend, a, now)]), [false])
    assert.deepEqual(await lastSeenAt(backend, a), later(-30))
  }),
]
