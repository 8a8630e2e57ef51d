import assert from 'node:assert/strict'
import { add, type BackendRule, get, idOf } from './runner.js'

const a = idOf('a')
const mebibyte = 1024 * 1024

/** Texts on which databases, drivers and escaping have failed. */
const awkwardTexts = [
  '{}',
  '{"quotes":"\' \\" ` \\\\ \\\\\' \'\' ;--"}',
  '{"placeholders":"? ?? :id $1 %s {0} :id::text @id"}',
  '{"unicode":"żółć 漢字 👩‍👩‍👧 \\u2028\\u0000 مرحبا"}',
  '{"spaces":" leading, trailing \\n\\t "}   ',
  '{"__proto__":{"x":1},"constructor":2}',
]

/** The rules on the values that a row must hold. */
export const valueRules: readonly BackendRule[] = [
  {
    title: 'gives back every text as it was: quotes, placeholders, unicode, spaces',
    async check(backend) {
      for (const [n, data] of awkwardTexts.entries()) {
        await add(backend, { id: idOf(String(n)), data })
        assert.equal((await get(backend, idOf(String(n)))).data, data)
      }
    },
  },
  {
    title: 'gives back text in columns as it was',
    async check(backend) {
      const label = 'O\'Brien "x" \\ % _ ? :id $1 żółć 漢字 👩‍👩‍👧'
      await add(backend, { id: a, columns: { label } })
      assert.equal((await get(backend, a)).columns.label, label)
    },
  },
  {
    title: 'holds 16 MiB of data, if the column is not smaller',
    async check(backend) {
      const { dataBytes } = backend.capabilities
      const length = Math.min(16 * mebibyte, dataBytes ?? Number.POSITIVE_INFINITY)
      const data = `{"big":"${'x'.repeat(length - 10)}"}`
      await add(backend, { id: a, data })
      const stored = (await get(backend, a)).data
      assert.equal(stored?.length, data.length)
      assert.ok(stored === data)
    },
  },
  {
    title: 'keeps ids apart that differ only in case',
    async check(backend) {
      const upper = 'A'.repeat(32)
      const lower = 'a'.repeat(32)
      await add(backend, { id: upper, columns: { userId: 1 } })
      await add(backend, { id: lower, columns: { userId: 2 } })
      assert.equal((await get(backend, upper)).columns.userId, 1)
      assert.equal((await get(backend, lower)).columns.userId, 2)
      assert.equal(await backend.delete([upper]), 1)
      assert.equal((await get(backend, lower)).id, lower)
    },
  },
  {
    title: 'keeps dates to the second, in summer, in winter and in the hour that the end of summer time repeats',
    async check(backend) {
      const moments = ['2026-07-01T00:00:01Z', '2026-12-31T23:59:59Z', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']
      for (const [n, moment] of moments.entries()) {
        const expires = new Date(moment)
        await add(backend, { id: idOf(String(n)), expires })
        assert.deepEqual((await get(backend, idOf(String(n)))).expires, expires)
      }
    },
  },
]
