import assert from 'node:assert/strict'
import type { SessionBackend } from '../core/backend/session-backend.js'
import { add, alikeTexts, type BackendRule, count, idOf, later, now } from './runner.js'

const a = idOf('a')
const b = idOf('b')
const c = idOf('c')

/** The rules on ending sessions and on removing expired rows. */
export const deleteRules: readonly BackendRule[] = [
  {
    title: 'deletes the rows with these ids, and tells how many there were',
    async check(backend) {
      await add(backend, { id: a })
      await add(backend, { id: b })
      assert.equal(await backend.delete([a, c]), 1)
      assert.equal(await count(backend, a, b), 1)
      assert.equal(await backend.delete([a]), 0)
    },
  },
  {
    title: 'deletes the rows that match a condition, and no others',
    async check(backend) {
      await add(backend, { id: a, columns: { userId: 1 } })
      await add(backend, { id: b, columns: { userId: 1, label: 'phone' } })
      await add(backend, { id: c, columns: { userId: 2 } })
      assert.equal(await backend.deleteWhere({ userId: 1, label: null }, []), 1)
      assert.equal(await backend.deleteWhere({ userId: 1 }, []), 1)
      assert.equal(await backend.deleteWhere({ id: a }, []), 0)
      assert.equal(await count(backend, a, b, c), 1)
    },
  },
  {
    title: 'deletes by exactly this text, and nothing that a collation takes for equal',
    async check(backend) {
      const ids = alikeTexts.map((_, n) => idOf(`${n}x`))
      for (const [n, label] of alikeTexts.entries()) await add(backend, { id: ids[n] as string, columns: { label } })
      assert.equal(await backend.deleteWhere({ label: 'Jose' }, []), 0)
      for (const [n, label] of alikeTexts.entries()) {
        assert.equal(await backend.deleteWhere({ label }, []), 1)
        assert.equal(await count(backend, ...ids), alikeTexts.length - n - 1)
      }
    },
  },
  {
    title: 'spares the rows that a condition matches but that are excepted',
    async check(backend) {
      for (const id of [a, b, c]) await add(backend, { id, columns: { userId: 1 } })
      assert.equal(await backend.deleteWhere({ userId: 1 }, [b, idOf('d')]), 2)
      assert.equal(await count(backend, b), 1)
      assert.equal(await backend.deleteWhere({ id: b }, [b]), 0)
      assert.equal(await count(backend, a, b, c), 1)
    },
  },
  {
    title: 'finds expired rows up to the limit, the oldest first, and never a living one',
    async check(backend) {
      await add(backend, { id: b, expires: now })
      await add(backend, { id: a, expires: later(-1) })
      await add(backend, { id: c, expires: later(1) })
      assert.deepEqual(await findExpired(backend, 1), [a])
      assert.deepEqual(await findExpired(backend, 10), [a, b])
      const found = await backend.findExpired(now, 10, { from: null, except: [] })
      const expiries = found.map(({ expires }) => expires.getTime())
      assert.deepEqual(expiries, [later(-1), now].map(Number))
    },
  },
  {
    title: 'finds expired rows beyond those that were passed',
    async check(backend) {
      await add(backend, { id: a, expires: later(-2) })
      await add(backend, { id: b, expires: later(-1) })
      await add(backend, { id: c, expires: later(-1) })
      assert.deepEqual(await findExpired(backend, 10, null, [a, c]), [b])
      assert.deepEqual(await findExpired(backend, 10, later(-1), [b]), [c])
      assert.deepEqual(await findExpired(backend, 10, later(-1), [b, c]), [])
    },
  },
  {
    title: 'removes those rows of a list that are expired',
    async check(backend) {
      await add(backend, { id: a, expires: later(-1) })
      await add(backend, { id: b, expires: now })
      await add(backend, { id: c, expires: later(1) })
      assert.equal(await backend.deleteExpired(now, [b, c, idOf('d')]), 1)
      assert.equal(await count(backend, b), 0)
      assert.equal(await backend.deleteExpired(now, [b, c]), 0)
      assert.equal(await count(backend, a, c), 2)
    },
  },
  {
    title: 'deletes everything',
    async check(backend) {
      await add(backend, { id: a })
      await add(backend, { id: b, expires: later(-1) })
      assert.equal(await backend.deleteAll(), 2)
      assert.equal(await count(backend, a, b), 0)
      assert.equal(await backend.deleteAll(), 0)
    },
  },
]

async function findExpired(
  backend: SessionBackend,
  limit: number,
  from: Date | null = null,
  except: readonly string[] = [],
): Promise<string[]> {
  return (await backend.findExpired(now, limit, { from, except })).map(({ id }) => id)
}
