import { expect } from 'chai'
import { TestCall } from './support/call.js'
import { proxyFor } from './support/proxy.js'
import { dataOf, expires, failure, rowOf, touchOf, updateOf, write } from './support/rows.js'
import type { Stage } from './support/scene.js'

/** Declares what becomes of connections that are lost, spoilt, held by others, or given up. */
export function testConnections({ server, isPostgres, table, quoted, open }: Stage): void {
  for (const accident of ['before', 'after'] as const) {
    it(`a connection that was cut ${accident} the statement is uncertain, and not used again`, async () => {
      const proxy = await proxyFor(server)
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
    const proxy = await proxyFor(server)
    await open({ port: proxy.port }, async ({ backend }) => {
      await dataOf(backend, 'a')
      await proxy.close()
      while ((await failure(backend, write(backend))) === 'uncertain');
      expect(await failure(backend, write(backend))).to.equal('unavailable')
      expect(await failure(backend, backend.insert([rowOf('c')]))).to.equal('unavailable')
    })
  })

  it('a server that hangs up while a connection is made is unavailable', async () => {
    const proxy = await proxyFor(server)
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

  if (isPostgres) {
    it('a primary that takes no writes is believed: its disk may be full', () =>
      open({}, async ({ backend, query }) => {
        await query('SET default_transaction_read_only = on')
        expect(await dataOf(backend, 'a')).to.equal('{}')
        expect(await backend.find(['c'])).to.deep.equal([])
        expect(await backend.list({ userId: 5 }, new Date(), 10)).to.deep.equal([])
      }))

    it('a role that may only read finds sessions, and that there is none', () =>
      open({}, async ({ backend, query }) => {
        const role = `${table}_reader`
        await query(`CREATE ROLE ${role}; GRANT SELECT ON ${quoted} TO ${role}; SET ROLE ${role}`)
        expect(await dataOf(backend, 'a')).to.equal('{}')
        expect(await backend.find(['c'])).to.deep.equal([])
        expect(await backend.find(['c', 'd'])).to.deep.equal([])
        expect(await backend.list({ userId: 5 }, new Date(), 10)).to.deep.equal([])
        await query(`RESET ROLE; DROP OWNED BY ${role}; DROP ROLE ${role}`)
      }))
  }

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
    open({}, async ({ backend, query, rival, lock }) => {
      await lock()
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
      const proxy = await proxyFor(server)
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
}
