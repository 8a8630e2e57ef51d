import assert from 'node:assert/strict'
import type { RowTouch, RowUpdate, RowValues, SessionBackend } from '../core/backend/session-backend.js'
import { add, type BackendRule, count, get, idOf, later, now, outcomesOf, rowFor } from './runner.js'

const a = idOf('a')
const b = idOf('b')

function updateOf(backend: SessionBackend, id: string, values: RowValues, version = 1): RowUpdate {
  const { versions } = backend.capabilities
  const next = versions ? { version: version + 1 } : {}
  return { id, now, version: versions ? version : null, values: { ...next, expires: later(7200), ...values } }
}

function touchOf(backend: SessionBackend, id: string, expires: Date, version = 1): RowTouch {
  return { id, version: backend.capabilities.versions ? version : null, now, expires }
}

/** The rules on inserting, updating and touching rows. */
export const writeRules: readonly BackendRule[] = [
  {
    title: 'inserts several rows at once',
    async check(backend) {
      await backend.insert([rowFor(backend, { id: a }), rowFor(backend, { id: b, columns: { userId: 7 } })])
      assert.equal(await count(backend, a, b), 2)
    },
  },
  {
    title: 'never replaces a row: inserting an id that exists rejects and adds nothing',
    async check(backend) {
      await add(backend, { id: a, data: '{"first":true}' })
      await assert.rejects(backend.insert([rowFor(backend, { id: b }), rowFor(backend, { id: a, data: '{}' })]))
      assert.equal((await get(backend, a)).data, '{"first":true}')
      assert.equal(await count(backend, b), 0)
    },
  },
  {
    title: 'updates what is given, and leaves the rest as it is',
    async check(backend) {
      const row = await add(backend, { id: a, columns: { userId: 1, label: 'phone' } })
      assert.deepEqual(await backend.update([updateOf(backend, a, { columns: { userId: 2 } })]), [true])
      const { version } = updateOf(backend, a, {}).values
      const columns = { userId: 2, label: 'phone' }
      assert.deepEqual(await get(backend, a), { ...row, columns, expires: later(7200), version: version ?? null })
      assert.deepEqual(await backend.update([updateOf(backend, a, { data: '{"x":0}' }, 2)]), [true])
      assert.equal((await get(backend, a)).data, '{"x":0}')
    },
  },
  {
    title: 'sets columns to null',
    async check(backend) {
      await add(backend, { id: a, columns: { userId: 1, label: 'phone' } })
      await backend.update([updateOf(backend, a, { columns: { userId: null, label: null } })])
      assert.deepEqual((await get(backend, a)).columns, { userId: null, label: null })
    },
  },
  {
    title: 'never brings a row back: updating or touching an id that does not exist writes nothing',
    async check(backend) {
      assert.deepEqual(await backend.update([updateOf(backend, a, { data: '{}' })]), [false])
      assert.deepEqual(await backend.touch([touchOf(backend, a, later(60))]), [false])
      assert.equal(await count(backend, a), 0)
    },
  },
  {
    title: 'never revives an expired row, not even at the very second of its expiry',
    async check(backend) {
      await add(backend, { id: a, expires: now })
      assert.deepEqual(await backend.update([updateOf(backend, a, { data: '{}' })]), [false])
      assert.deepEqual(await backend.touch([touchOf(backend, a, later(60))]), [false])
      assert.deepEqual((await get(backend, a)).expires, now)
    },
  },
  {
    title: 'refuses an update of another version (where rows have versions)',
    async check(backend) {
      if (!backend.capabilities.versions) return
      await add(backend, { id: a, version: 3 })
      assert.deepEqual(await backend.update([updateOf(backend, a, { data: '{"late":true}' }, 2)]), [false])
      assert.equal((await get(backend, a)).data, '{"views":1}')
      assert.deepEqual(await backend.update([updateOf(backend, a, { data: '{"next":true}' }, 3)]), [true])
      assert.equal((await get(backend, a)).version, 4)
    },
  },
  {
    title: 'lets exactly one of several simultaneous updates of a version win (where rows have versions)',
    async check(backend) {
      if (!backend.capabilities.versions) return
      await add(backend, { id: a })
      const tries = Array.from({ length: 8 }, (_, n) => backend.update([updateOf(backend, a, { data: `{"n":${n}}` })]))
      const outcomes = (await Promise.all(tries)).flat()
      assert.equal(outcomes.filter((won) => won).length, 1)
      assert.equal((await get(backend, a)).data, `{"n":${outcomes.indexOf(true)}}`)
    },
  },
  {
    title: 'tells each of several updates its own outcome',
    async check(backend) {
      await add(backend, { id: a })
      await add(backend, { id: b, expires: later(-1) })
      const updates = [idOf('c'), a, b].map((id) => updateOf(backend, id, { columns: { userId: 5 } }))
      assert.deepEqual(await outcomesOf((some) => backend.update(some), updates), [false, true, false])
      assert.equal((await get(backend, a)).columns.userId, 5)
    },
  },
  {
    title: 'moves a row to a new id, with its data and columns',
    async check(backend) {
      await add(backend, { id: a, columns: { userId: 42 } })
      assert.deepEqual(await backend.update([updateOf(backend, a, { id: b })]), [true])
      assert.equal(await count(backend, a), 0)
      const { data, columns } = await get(backend, b)
      assert.deepEqual({ data, userId: columns.userId }, { data: '{"views":1}', userId: 42 })
    },
  },
  {
    title: 'refuses a touch of another version (where rows have versions)',
    async check(backend) {
      if (!backend.capabilities.versions) return
      const { expires } = await add(backend, { id: a, version: 3 })
      assert.deepEqual(await backend.touch([touchOf(backend, a, later(60), 2)]), [false])
      assert.deepEqual((await get(backend, a)).expires, expires)
    },
  },
  {
    title: 'touches move the expiry and nothing else, each telling its own outcome',
    async check(backend) {
      const row = await add(backend, { id: a, columns: { userId: 1, label: null } })
      const touches = [a, b].map((id) => touchOf(backend, id, later(9000)))
      assert.deepEqual(await outcomesOf((some) => backend.touch(some), touches), [true, false])
      assert.deepEqual(await get(backend, a), { ...row, expires: later(9000) })
    },
  },
]
