import assert from 'node:assert/strict'
import type { IdPage, LivingRows, RowFilter, SessionBackend } from '../core/backend/session-backend.js'
import { add, alikeTexts, type BackendRule, idOf, later, now } from './runner.js'

const living: LivingRows = { now, createdAfter: null }
/** The id of a row that is no session: as core makes them for forwarding rows and leases. */
const markerId = `~${idOf('m').slice(1)}`

/** The rules on counting sessions, and on reading all of them. */
export const iterationRules: readonly BackendRule[] = [
  {
    title: 'counts the living rows that match',
    async check(backend) {
      assert.equal(await backend.count({}, living), 0)
      await add(backend, { id: idOf('a'), columns: { userId: 1, label: 'phone' } })
      await add(backend, { id: idOf('b'), columns: { userId: 1 } })
      await add(backend, { id: idOf('c'), columns: { userId: 1 }, expires: now })
      await add(backend, { id: idOf('d'), columns: { userId: 2 }, expires: later(1) })
      assert.equal(await backend.count({}, living), 3)
      assert.equal(await backend.count({ userId: 1 }, living), 2)
      assert.equal(await backend.count({ userId: 1, label: null }, living), 1)
      assert.equal(await backend.count({ id: idOf('b') }, living), 1)
      assert.equal(await backend.count({ userId: 3 }, living), 0)
    },
  },
  {
    title: 'counts by exactly this text, and nothing that a collation takes for equal',
    async check(backend) {
      for (const [n, label] of alikeTexts.entries()) await add(backend, { id: idOf(`${n}x`), columns: { label } })
      for (const label of [...alikeTexts]) assert.equal(await backend.count({ label }, living), 1)
      assert.equal(await backend.count({ label: 'Jose' }, living), 0)
    },
  },
  {
    title: 'gives all living rows, page by page in the order of their ids, each of them once',
    async check(backend) {
      const ids = await addMany(backend)
      await add(backend, { id: idOf('e'), expires: now })
      for (const limit of [1, 2, 3, 100]) assert.deepEqual((await pagesOf(backend, {}, limit)).sort(), ids)
      assert.deepEqual(await pagesOf(backend, {}, 1), await pagesOf(backend, {}, 100))
    },
  },
  {
    title: 'gives a page of the rows that match, by several columns, by null and by id',
    async check(backend) {
      const ids = await addMany(backend)
      await add(backend, { id: idOf('o'), columns: { userId: 2, label: 'phone' } })
      assert.deepEqual((await pagesOf(backend, { userId: 1 }, 2)).sort(), ids)
      assert.deepEqual(await pagesOf(backend, { userId: 2, label: 'phone' }, 2), [idOf('o')])
      assert.deepEqual(await pagesOf(backend, { userId: 2, label: null }, 2), [])
      assert.deepEqual(await pagesOf(backend, { id: ids[3] as string }, 2), [ids[3]])
    },
  },
  {
    title: 'goes on behind an id whose row is gone',
    async check(backend) {
      await addMany(backend)
      const order = await pagesOf(backend, {}, 100)
      const last = order[2] as string
      await backend.delete([last])
      const rest = await backend.listById({}, { ...living, limit: 100, after: last })
      assert.deepEqual(
        rest.map(({ id }) => id),
        order.slice(3),
      )
    },
  },
  {
    title: 'neither counts nor gives rows that are no sessions: their ids begin with ~',
    async check(backend) {
      await add(backend, { id: idOf('a') })
      await add(backend, { id: markerId })
      assert.equal(await backend.count({}, living), 1)
      assert.equal(await backend.count({ userId: null }, living), 1)
      assert.deepEqual(await pagesOf(backend, {}, 1), [idOf('a')])
    },
  },
  {
    title: 'counts and gives only rows that began after a moment, if one is given',
    async check(backend) {
      if (!backend.capabilities.creationDates) return
      await add(backend, { id: idOf('a'), createdAt: later(-100) })
      await add(backend, { id: idOf('b'), createdAt: later(-99) })
      const young = { now, createdAfter: later(-100) }
      assert.equal(await backend.count({}, young), 1)
      assert.deepEqual(await pagesOf(backend, {}, 1, young), [idOf('b')])
    },
  },
]

/** Inserts rows of one user, which expire against the order of their ids. Returns the ids in this order. */
async function addMany(backend: SessionBackend): Promise<string[]> {
  const ids = ['h', 'i', 'j', 'k', 'l', 'n'].map(idOf)
  for (const [n, id] of ids.entries()) await add(backend, { id, expires: later(900 - n), columns: { userId: 1 } })
  return ids
}

/** The ids of all pages. Rejects if a page is longer than its limit, or comes twice. */
async function pagesOf(backend: SessionBackend, where: RowFilter, limit: number, rows = living): Promise<string[]> {
  const ids: string[] = []
  for (;;) {
    const page: IdPage = { ...rows, limit, after: ids.at(-1) ?? null }
    const found = (await backend.listById(where, page)).map(({ id }) => id)
    assert.ok(found.length <= limit, 'the page is longer than its limit')
    assert.ok(!found.some((id) => ids.includes(id)), 'a row comes twice')
    ids.push(...found)
    if (found.length < limit) return ids
  }
}
