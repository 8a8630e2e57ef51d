import { expect } from 'chai'
import type { SessionBackend } from 'koa-session-model'
import { reachable } from '../support/matrix.js'
import { TestCall } from './support/call.js'
import type { FailingDatabase, OpenBackend, OpenFailing } from './support/databases.js'
import { proxyFor } from './support/proxy.js'
import { type Rival, rivalOn } from './support/rival.js'
import { dataOf, expires, failure, rowOf, touchOf, updateOf } from './support/rows.js'

/** What a rule works with: a table with the rows `a` and `b`, a pool of one connection, and somebody else. */
interface Scene extends OpenBackend {
  readonly rival: Rival
  readonly isPostgres: boolean
}

/** Declares what each of these databases does when it fails. */
export async function testFailures(databases: readonly FailingDatabase[]): Promise<void> {
  for (const database of await reachable(databases)) {
    describe(`failures: ${database.name}`, () => {
      const table = `failing_${database.name.toLowerCase().replace(/\W+/g, '_')}`
      const isPostgres = database.server === 'postgres'
      const quoted = isPostgres ? `"${table}"` : `\`${table}\``

      async function open<T>(options: Partial<OpenFailing>, rule: (scene: Scene) => Promise<T>): Promise<T> {
        const made = await database.open({ table })
        await made.backend.insert([rowOf('a'), rowOf('b')])
        await made.close()
        const [rival, opened] = [
          await rivalOn(database.server),
          await database.open({ table, exists: true, ...options }),
        ]
        try {
          return await rule({ ...opened, rival, isPostgres })
        } finally {
          await rival.query('ROLLBACK')
          await rival.close()
          await opened.close()
        }
      }

      /** Lets somebody else lock a row, or the table, while `work` runs. */
      const lock = async (rival: Rival, ids = ['a']): Promise<void> => {
        await rival.query('BEGIN')
        for (const id of ids) await rival.query(`SELECT 1 FROM ${quoted} WHERE id = '${id}' FOR UPDATE`)
      }

      after(async () => {
        const rival = await rivalOn(database.server)
        await rival.query(`DROP TABLE IF EXISTS ${quoted}`)
        await rival.close()
      })

      const write = (backend: SessionBackend, call?: TestCall) => backend.update([updateOf('a')], call)

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
        open({}, async ({ backend, rival }) => {
          await backend.insert(Array.from({ length: 50 }, (_, n) => rowOf(`z${n}`)))
          await rival.query('BEGIN')
          await rival.query(`UPDATE ${quoted} SET data = 'x' WHERE id LIKE 'z%'`)
          const failed = failure(backend, backend.deleteAll())
          await rival.blocked(table)
          await rival.query(`SELECT 1 FROM ${quoted} WHERE id = 'a' FOR UPDATE`)
          expect(await failed).to.equal('conflict')
          await rival.query('COMMIT')
          expect(await dataOf(backend, 'a')).to.equal('{}')
        })).timeout(10_000)

      it('a lock that was waited for too long is a timeout', () =>
        open({}, async ({ backend, query, rival }) => {
          await query(isPostgres ? "SET lock_timeout = '100ms'" : 'SET SESSION innodb_lock_wait_timeout = 1')
          await lock(rival)
          expect(await failure(backend, write(backend))).to.equal('timeout')
        })).timeout(10_000)

      it('a statement that took too long is a timeout', () =>
        open({}, async ({ backend, query, rival }) => {
          await query(isPostgres ? "SET statement_timeout = '100ms'" : 'SET SESSION max_statement_time = 0.1')
          await lock(rival)
          expect(await failure(backend, write(backend))).to.equal('timeout')
        }))

      it('a statement that somebody cancelled is a timeout', () =>
        open({}, async ({ backend, rival }) => {
          await lock(rival)
          const failed = failure(backend, write(backend))
          await rival.kill(await rival.blocked(table), 'QUERY')
          expect(await failed).to.equal('timeout')
        }))

      it('a connection that the server ended is uncertain, and not used again', () =>
        open({}, async ({ backend, rival }) => {
          await lock(rival)
          const failed = failure(backend, write(backend))
          await rival.kill(await rival.blocked(table))
          expect(await failed).to.equal('uncertain')
          await rival.query('ROLLBACK')
          expect(await write(backend)).to.deep.equal([true])
        }))

      for (const accident of ['before', 'after'] as const) {
        it(`a connection that was cut ${accident} the statement is uncertain, and not used again`, async () => {
          const proxy = await proxyFor(database.server)
          await open({ port: proxy.port }, async ({ backend }) => {
            await dataOf(backend, 'a')
            proxy.arm(accident, 'UPDATE')
            expect(await failure(backend, write(backend))).to.equal('uncertain')
            expect(proxy.sent).to.equal(1)
            expect(await dataOf(backend, 'a')).to.equal(accident === 'after' ? '{"n":1}' : '{}')
          })
          await proxy.close()
        })
      }

      it('a server that is not there is unavailable', async () => {
        const proxy = await proxyFor(database.server)
        await open({ port: proxy.port }, async ({ backend }) => {
          await dataOf(backend, 'a')
          await proxy.close()
          while ((await failure(backend, write(backend))) === 'uncertain');
          expect(await failure(backend, write(backend))).to.equal('unavailable')
          expect(await failure(backend, backend.insert([rowOf('c')]))).to.equal('unavailable')
        })
      })

      it('a server that hangs up while a connection is made is unavailable', async () => {
        const proxy = await proxyFor(database.server)
        await open({ port: proxy.port }, async ({ backend }) => {
          await dataOf(backend, 'a')
          proxy.hangUp()
          while ((await failure(backend, write(backend))) === 'uncertain');
          expect(await failure(backend, write(backend))).to.equal('unavailable')
          expect(await failure(backend, backend.find(['a']))).to.equal('unavailable')
          await proxy.close()
        })
      })

      it('a connection to a server that takes no writes is unavailable, and not used again', () =>
        open({}, async ({ backend, query }) => {
          await query(isPostgres ? 'SET default_transaction_read_only = on' : 'SET SESSION TRANSACTION READ ONLY')
          expect(await failure(backend, write(backend))).to.equal('unavailable')
          expect(await write(backend)).to.deep.equal([true])
        }))

      it('what another try does not mend has failed', () =>
        open({}, async ({ backend }) => {
          expect(await failure(backend, backend.insert([rowOf('a')]))).to.equal('failed')
          expect(backend.failureOf?.(new Error('of somebody else'))).to.equal('failed')
          expect(backend.failureOf?.(undefined)).to.equal('failed')
          expect(await dataOf(backend, 'a')).to.equal('{}')
        }))

      it('a pool that has no connection is waited for as long as wanted, and then nothing is sent', () =>
        open({}, async ({ backend, query, hold }) => {
          for (const ask of [
            (call: TestCall) => write(backend, call),
            (call: TestCall) => backend.touch([touchOf('a')], call),
            (call: TestCall) => backend.insert([rowOf('c')], call),
            (call: TestCall) => backend.delete(['a'], call),
            (call: TestCall) => backend.deleteWhere({ userId: 1 }, [], call),
            (call: TestCall) => backend.deleteExpired(new Date('2038-01-01T00:00:00Z'), ['a'], call),
            (call: TestCall) => backend.deleteAll(call),
            (call: TestCall) => backend.list({ userId: 1 }, new Date(), 10, call),
            (call: TestCall) => backend.find(['a'], call),
          ]) {
            const release = await hold()
            const call = new TestCall()
            const answer = ask(call).then(
              () => 'answered',
              () => 'given up',
            )
            await call.reaches('connection')
            call.end()
            await release()
            expect(await answer).to.equal('given up')
            expect(new Set(call.waits)).to.deep.equal(new Set(['connection']))
          }
          await query('SELECT 1')
          expect((await backend.find(['a', 'b', 'c'])).map((row) => row.expires.getTime())).to.deep.equal([
            expires.getTime(),
            expires.getTime(),
          ])
        }))

      it('a statement that hangs gives its connection up when the time limit passes', () =>
        open({}, async ({ backend, query, rival }) => {
          await lock(rival)
          for (const ask of [
            (call: TestCall) => write(backend, call),
            (call: TestCall) => backend.delete(['a'], call),
            (call: TestCall) => backend.deleteAll(call),
          ]) {
            const call = new TestCall()
            void ask(call).catch(() => {})
            await call.reaches('answer')
            await rival.blocked(table)
            const waiting = query('SELECT 1')
            call.end()
            await waiting // while the row is still locked
            if (isPostgres) await rival.unblocked(table)
          }
          if (!isPostgres) return
          await rival.query('COMMIT')
          expect(await dataOf(backend, 'a')).to.equal('{}')
          expect(await write(backend)).to.deep.equal([true])
        }))

      it('a locked table keeps no connection', () =>
        open({}, async ({ backend, query, rival }) => {
          await rival.query(isPostgres ? `BEGIN; LOCK TABLE ${quoted}` : `LOCK TABLES ${quoted} WRITE`)
          const call = new TestCall()
          void backend.find(['a'], call).catch(() => {})
          await call.reaches('answer')
          call.end()
          await query('SELECT 1')
          await rival.query(isPostgres ? 'COMMIT' : 'UNLOCK TABLES')
          expect(await dataOf(backend, 'a')).to.equal('{}')
        }))

      for (const which of ['first', 'later'])
        it(`a ${which} load that never gets an answer blocks no others`, async () => {
          const proxy = await proxyFor(database.server)
          await open({ port: proxy.port }, async ({ backend }) => {
            if (which === 'later') await dataOf(backend, 'a')
            proxy.arm('freeze', 'SELECT')
            const call = new TestCall()
            void backend.find(['a'], call).catch(() => {})
            while (proxy.sent === 0) await new Promise(setImmediate)
            call.end()
            expect(await dataOf(backend, 'a')).to.equal('{}')
          })
          await proxy.close()
        })

      it('several rows that meet a conflict are told as not tried, or the call fails as a whole', () =>
        open({}, async ({ backend, query, rival }) => {
          if (!isPostgres) return
          await query("SET default_transaction_isolation = 'repeatable read'")
          await query("SET lock_timeout = '100ms'")
          await rival.query(`BEGIN; LOCK TABLE ${quoted}`)
          expect(await failure(backend, backend.update([updateOf('a'), updateOf('b')]))).to.equal('timeout')
          await rival.query('COMMIT')
          await query('SET default_transaction_read_only = on')
          expect(await failure(backend, backend.update([updateOf('a'), updateOf('b')]))).to.equal('unavailable')
          expect(await backend.update([updateOf('a'), updateOf('b')])).to.deep.equal([true, true])
        }))
    })
  }
}
