import { expect } from 'chai'
import { dataOf, failure, rowOf, touchOf, updateOf, write } from './support/rows.js'
import type { Stage } from './support/scene.js'

/** Declares what becomes of statements that others are in the way of. */
export function testLocks({ isPostgres, table, quoted, open }: Stage): void {
  if (isPostgres) {
    for (const level of ['repeatable read', 'serializable']) {
      it(`a row that was changed since is a conflict (${level})`, () =>
        open({}, async ({ backend, query, rival }) => {
          await query(`SET default_transaction_isolation = '${level}'`)
          for (const call of [
            () => backend.touch([touchOf('a')]),
            () => backend.update([updateOf('a')]),
            () => backend.delete(['a']),
            () => backend.deleteWhere({ userId: 1 }, []),
          ]) {
            await rival.query('BEGIN')
            await rival.query(`UPDATE ${quoted} SET data = data WHERE id = 'a'`)
            const failed = failure(backend, call())
            await rival.blocked(table)
            await rival.query('COMMIT')
            expect(await failed).to.equal('conflict')
          }
          expect(await dataOf(backend, 'a')).to.equal('{}')
        }))
    }

    it('a row that has moved to another partition is a conflict', () =>
      open({}, async ({ backend, rival }) => {
        await rival.query(`ALTER TABLE ${quoted} RENAME TO ${table}_old`)
        await rival.query(`CREATE TABLE ${quoted} (LIKE ${table}_old INCLUDING DEFAULTS) PARTITION BY HASH (id)`)
        for (const n of [0, 1, 2, 3])
          await rival.query(
            `CREATE TABLE ${table}_${n} PARTITION OF ${quoted} FOR VALUES WITH (MODULUS 4, REMAINDER ${n})`,
          )
        await rival.query(`INSERT INTO ${quoted} SELECT * FROM ${table}_old`)
        await rival.query(`DROP TABLE ${table}_old`)
        for (const next of ['c', 'd', 'e', 'f', 'g']) {
          await rival.query('BEGIN')
          await rival.query(`UPDATE ${quoted} SET id = '${next}' WHERE id = 'a'`)
          const failed = failure(backend, backend.deleteWhere({ userId: 1 }, ['b']))
          await rival.blocked(table)
          await rival.query('COMMIT')
          const moved = await rival.query(
            `SELECT tableoid FROM ${quoted} WHERE id = '${next}' AND tableoid <> (SELECT tableoid FROM ${quoted} WHERE id = 'b')`,
          )
          const result = await failed
          if (result !== undefined) return expect([result, moved.length]).to.deep.equal(['conflict', 1])
          await backend.insert([rowOf('a')])
        }
        expect.fail('no row has moved')
      }))
  }

  it('a deadlock is a conflict', () =>
    open({}, async ({ backend, query, rival }) => {
      await backend.insert(Array.from({ length: 50 }, (_, n) => rowOf(`z${n}`)))
      if (isPostgres) {
        // The first one who looks whether there is a deadlock is the one who fails.
        await query("SET deadlock_timeout = '2s'")
        await rival.query("SET deadlock_timeout = '20s'")
      }
      await rival.query('BEGIN')
      await rival.query(`UPDATE ${quoted} SET data = 'x' WHERE id LIKE 'z%'`)
      const failed = failure(backend, backend.deleteAll())
      await rival.blocked(table)
      await rival.query(`SELECT 1 FROM ${quoted} WHERE id = 'a' FOR UPDATE`)
      expect(await failed).to.equal('conflict')
      await rival.query('COMMIT')
      expect(await dataOf(backend, 'a')).to.equal('{}')
    }))

  it('a lock that was waited for too long is a timeout', () =>
    open({}, async ({ backend, query, lock }) => {
      await query(isPostgres ? "SET lock_timeout = '100ms'" : 'SET SESSION innodb_lock_wait_timeout = 1')
      await lock()
      expect(await failure(backend, write(backend))).to.equal('timeout')
    }))

  it('a statement that took too long is a timeout', () =>
    open({}, async ({ backend, query, lock }) => {
      await query(isPostgres ? "SET statement_timeout = '100ms'" : 'SET SESSION max_statement_time = 0.1')
      await lock()
      expect(await failure(backend, write(backend))).to.equal('timeout')
    }))

  it('a statement that somebody cancelled is a timeout', () =>
    open({}, async ({ backend, rival, lock }) => {
      await lock()
      const failed = failure(backend, write(backend))
      await rival.kill(await rival.blocked(table), 'QUERY')
      expect(await failed).to.equal('timeout')
    }))

  it('a connection that the server ended is uncertain, and not used again', () =>
    open({}, async ({ backend, rival, lock }) => {
      await lock()
      const failed = failure(backend, write(backend))
      await rival.kill(await rival.blocked(table))
      expect(await failed).to.equal('uncertain')
      await rival.query('ROLLBACK')
      expect(await write(backend)).to.deep.equal([true])
    }))
}
