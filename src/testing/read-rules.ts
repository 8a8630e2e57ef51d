import assert from 'node:assert/strict'
import { add, alikeTexts, type BackendRule, count, get, idOf, later, now } from './runner.js'

const a = idOf('a')
const b = idOf('b')
const c = idOf('c')

/** The rules on finding and listing rows. */
export const readRules: readonly BackendRule[] = [
  {
    title: 'finds what was inserted: data, dates, version and columns',
    async check(backend) {
      const row = await add(backend, { id: a, columns: { userId: 42, label: 'phone' } })
      assert.deepEqual(await get(backend, a), row)
    },
  },
  {
    title: 'finds several rows, and leaves out ids that do not exist',
    async check(backend) {
      await add(backend, { id: a })
      await add(backend, { id: b })
      assert.deepEqual((await backend.find([b, c, a])).map((row) => row.id).sort(), [a, b])
      assert.deepEqual(await backend.find([c]), [])
    },
  },
  {
    title: 'gives each id its own row',
    async check(backend) {
      await add(backend, { id: a, data: '{"of":"a"}', columns: { userId: 1 } })
      await add(backend, { id: b, data: '{"of":"b"}', columns: { userId: 2 } })
      const row = await get(backend, b)
      assert.equal(row.data, '{"of":"b"}')
      assert.equal(row.columns.userId, 2)
    },
  },
  {
    title: 'finds expired rows too: whether a row is alive is for the core to decide',
    async check(backend) {
      await add(backend, { id: a, expires: later(-1) })
      assert.equal(await count(backend, a), 1)
    },
  },
  {
    title: 'keeps apart null, 0 and the empty string in columns',
    async check(backend) {
      await add(backend, { id: a, columns: { userId: 0, label: '' } })
      await add(backend, { id: b, columns: { userId: null, label: null } })
      assert.deepEqual((await get(backend, a)).columns, { userId: 0, label: '' })
      assert.deepEqual((await get(backend, b)).columns, { userId: null, label: null })
    },
  },
  {
    title: 'lists the living rows that match, the one that expires first at the front, up to the limit',
    async check(backend) {
      await add(backend, { id: a, expires: later(300), columns: { userId: 1 } })
      await add(backend, { id: b, expires: later(200), columns: { userId: 1 } })
      await add(backend, { id: c, expires: later(0), columns: { userId: 1 } })
      await add(backend, { id: idOf('d'), columns: { userId: 2 } })
      assert.deepEqual(
        (await backend.list({ userId: 1 }, now, 10)).map((row) => row.id),
        [b, a],
      )
      assert.deepEqual(
        (await backend.list({ userId: 1 }, now, 1)).map((row) => row.id),
        [b],
      )
    },
  },
  {
    title: 'lists by several columns, by null and by id',
    async check(backend) {
      await add(backend, { id: a, columns: { userId: 1, label: 'phone' } })
      await add(backend, { id: b, columns: { userId: 1 } })
      const listed = async (where: Parameters<typeof backend.list>[0]) =>
        (await backend.list(where, now, 10)).map((row) => row.id)
      assert.deepEqual(await listed({ userId: 1, label: 'phone' }), [a])
      assert.deepEqual(await listed({ userId: 1, label: null }), [b])
      assert.deepEqual(await listed({ id: b }), [b])
      assert.deepEqual(await listed({ id: b, label: 'phone' }), [])
    },
  },
  {
    title: 'lists by exactly this text: case, accents, blanks at the end and the form of Unicode count',
    async check(backend) {
      for (const [n, label] of alikeTexts.entries()) await add(backend, { id: idOf(`${n}x`), columns: { label } })
      for (const label of alikeTexts) {
        const rows = await backend.list({ label }, now, 100)
        assert.deepEqual(
          rows.map((row) => row.columns.label),
          [label],
        )
      }
      assert.deepEqual(await backend.list({ label: 'Jose' }, now, 100), [])
    },
  },
]
