import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { type RowUpdate, type SessionBackend, SessionManager, sessionBackend } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'
import { type Rival, rivalOn } from '../failures/support/rival.js'

interface Scene {
  readonly model: Awaited<ReturnType<MatrixRow['open']>>['model']
  readonly backend: SessionBackend
  /** The statements since the rows were inserted. */
  readonly statements: string[]
  readonly rival: Rival
  readonly table: string
  execute(sql: string): Promise<void>
}

const hour = 3_600_000
const expires = new Date(Date.now() + hour)

function update(id: string, more: Partial<RowUpdate['values']> = {}, version = 1): RowUpdate {
  const values = { data: `{"of":"${id}"}`, expires, version: version + 1, ...more }
  return { id, version, now: new Date(), values }
}

async function withRows(row: MatrixRow, ids: readonly string[], work: (scene: Scene) => Promise<void>): Promise<void> {
  const table = `batched_${row.name.replace(/\W+/g, '_').toLowerCase()}`
  const statements: string[] = []
  const { model, execute, close } = await row.open({ table, onStatement: (sql) => statements.push(sql) })
  const backend = model[sessionBackend]()
  const rival = await rivalOn('mariadb')
  try {
    const common = { data: '{}', expires, createdAt: new Date(), version: 1, columns: {} }
    await backend.insert(ids.map((id) => ({ id, ...common })))
    await backend.find(ids)
    statements.length = 0
    await work({ model, backend, statements, rival, table, execute })
  } finally {
    await rival.query('ROLLBACK')
    await rival.close()
    await execute('DROP TABLE ?')
    await close()
  }
}

const updates = (statements: readonly string[]) => statements.filter((sql) => /\bUPDATE .+ SET /s.test(sql))

async function rowsOf(backend: SessionBackend, ids: readonly string[]): Promise<string[]> {
  const found = await backend.find(ids)
  return found.map(({ id, data, version }) => `${id} ${version} ${data}`).sort()
}

/** Writes that go together on MariaDB: in one transaction, with the truth about each row. */
export async function testLockedBatches(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows.filter(({ server }) => server === 'mariadb'))) {
    describe(`writes that go together, on ${row.name}`, () => {
      const withAbc = (work: (scene: Scene) => Promise<void>) => withRows(row, ['a', 'b', 'c'], work)

      it('are one update, and each row gets what is its own', async () => {
        const ids = Array.from({ length: 64 }, (_, n) => `session-${String(n).padStart(2, '0')}`)
        await withRows(row, ids, async ({ backend, statements }) => {
          expect(await backend.update(ids.map((id) => update(id)))).to.deep.equal(ids.map(() => true))
          expect(updates(statements)).to.have.lengthOf(1)
          expect(backend.batchesWrites?.()).to.equal(true)
          expect(await rowsOf(backend, ids)).to.deep.equal(ids.map((id) => `${id} 2 {"of":"${id}"}`))
        })
      })

      it('tell which rows were gone, expired or changed by others, and write the rest', () =>
        withAbc(async ({ backend, execute }) => {
          await backend.insert([
            { id: 'x', data: '{}', expires: new Date(1), createdAt: new Date(), columns: {} },
          ] as never)
          const all = [update('a'), update('x'), update('gone'), update('b', {}, 7), update('c'), update('a ')]
          expect(await backend.update(all)).to.deep.equal([true, null, null, null, true, null])
          expect(await rowsOf(backend, ['a', 'b', 'c', 'gone', 'a '])).to.deep.equal([
            'a 2 {"of":"a"}',
            'b 1 {}',
            'c 2 {"of":"c"}',
          ])
          await execute("DELETE FROM ? WHERE id IN ('a', 'b')")
          expect(await backend.update([update('a', {}, 2), update('b')])).to.deep.equal([null, null])
          expect(await rowsOf(backend, ['a', 'b'])).to.deep.equal([])
        }))

      it('count a row that has the values already', () =>
        withAbc(async ({ backend }) => {
          const same = ['a', 'b'].map((id) => ({ id, version: 1, now: new Date(), expires }))
          expect(await backend.touch(same)).to.deep.equal([true, true])
          expect(await backend.touch(same)).to.deep.equal([true, true])
        }))

      it('are refused together, and then told to go alone: nothing is cut off, and nothing is left open', () =>
        withAbc(async ({ backend, statements }) => {
          const long = update('a', { columns: { label: 'x'.repeat(201) } })
          expect(await backend.update([long, update('b', { columns: { label: 'ok' } })])).to.deep.equal([null, null])
          expect(statements).to.satisfy((sent: string[]) => sent.some((sql) => sql.includes('ROLLBACK')))
          expect(await rowsOf(backend, ['a', 'b'])).to.deep.equal(['a 1 {}', 'b 1 {}'])
          expect(await backend.update([update('a'), update('b')])).to.deep.equal([true, true])
        }))

      it('wait for no lock: the others are written, and the locked row is told apart', () =>
        withAbc(async ({ backend, rival, table }) => {
          await rival.query('BEGIN')
          await rival.query(`SELECT 1 FROM ${table} WHERE id = 'a' FOR UPDATE`)
          const began = Date.now()
          expect(await backend.update([update('a'), update('b')])).to.deep.equal([null, true])
          expect(Date.now() - began).to.be.below(2000)
        }))

      it('lock no row that they do not write, however small the table is', () =>
        withAbc(async ({ backend, rival, table }) => {
          await rival.query('BEGIN')
          await rival.query(`SELECT 1 FROM ${table} WHERE id = 'b' FOR UPDATE`)
          expect(await backend.update([update('a'), update('c')])).to.deep.equal([true, true])
        }))

      it('go alone after a deadlock, of which nothing is left', () =>
        withAbc(async ({ backend, rival, table, execute }) => {
          await rival.query('BEGIN')
          // The rival is the larger transaction, so that the batch is the one that fails.
          await rival.query(`CREATE TABLE IF NOT EXISTS ${table}_other (n int PRIMARY KEY) ENGINE=InnoDB`)
          await rival.query('BEGIN')
          await rival.query(`INSERT INTO ${table}_other SELECT seq FROM seq_1_to_200`)
          await execute(`CREATE TRIGGER ${table}_waits BEFORE UPDATE ON ? FOR EACH ROW
            UPDATE ${table}_other SET n = n WHERE n = 0`)
          await rival.query(`INSERT INTO ${table}_other VALUES (0)`)
          const written = backend.update([update('a'), update('b')])
          await rival.blocked(table)
          await rival.query(`UPDATE ${table} SET data = 'theirs' WHERE id = 'b'`)
          expect(await written).to.deep.equal([null, null])
          await rival.query('ROLLBACK')
          await rival.query(`DROP TABLE ${table}_other`)
          expect(await rowsOf(backend, ['a', 'b'])).to.deep.equal(['a 1 {}', 'b 1 {}'])
        }))

      it('go alone where the database takes their id for that of another row', () =>
        withRows(row, ['a'], async ({ backend, execute }) => {
          await execute(
            'ALTER TABLE ? MODIFY id varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL',
          )
          expect(await backend.update([update('A'), update('a')])).to.deep.equal([null, true])
          expect(await rowsOf(backend, ['a'])).to.deep.equal(['a 2 {"of":"a"}'])
        }))

      it('go alone where they have no room in one statement', () =>
        withAbc(async ({ backend, rival, statements }) => {
          const [packet] = await rival.query('SELECT @@max_allowed_packet AS bytes')
          const data = JSON.stringify('x'.repeat(Number(packet?.bytes) / 8))
          const written = await backend.update([update('a', { data }), update('b', { data }), update('c')])
          expect(written).to.deep.equal([true, null, null])
          expect(updates(statements)).to.have.lengthOf(1)
        }))

      for (const [title, change] of [
        ['without transactions', 'ENGINE=MyISAM'],
        ['whose key is another column', 'DROP PRIMARY KEY, ADD UNIQUE (id), ADD n int PRIMARY KEY AUTO_INCREMENT'],
      ])
        it(`are writes that go alone on a table ${title}`, () =>
          withAbc(async ({ backend, execute }) => {
            await execute(`ALTER TABLE ? ${change}`)
            expect(await backend.update([update('a'), update('b')])).to.deep.equal([null, null])
            expect(backend.batchesWrites?.()).to.equal(false)
            expect(await backend.update([update('a'), update('b', {}, 7)])).to.deep.equal([true, false])
          }))

      it('whose answer is lost are not tried again, and leave nothing', () =>
        withAbc(async ({ backend, rival, table, statements }) => {
          await rival.query(
            `CREATE TRIGGER ${table}_sleeps BEFORE UPDATE ON ${table} FOR EACH ROW SET @slept = SLEEP(2)`,
          )
          const written = backend.update([update('a'), update('b')]).catch((error: unknown) => error)
          let id: unknown
          while (id === undefined) {
            await sleep(20)
            const sql = `SELECT id FROM information_schema.processlist
              WHERE info LIKE '%SLEEP(2)%' AND id <> CONNECTION_ID() AND db = DATABASE()`
            id = (await rival.query(sql))[0]?.id
          }
          await rival.kill(Number(id))
          const error = await written
          expect(backend.failureOf?.(error)).to.equal('uncertain')
          expect(updates(statements)).to.have.lengthOf(1)
          await rival.query(`DROP TRIGGER ${table}_sleeps`)
          expect(await rowsOf(backend, ['a', 'b'])).to.deep.equal(['a 1 {}', 'b 1 {}'])
        }))

      it('of many requests are all made, with fewer statements, and each request hears of its own', () =>
        withRows(row, [], async ({ model, statements }) => {
          const manager = new SessionManager<TestColumns>({ model, cleanup: false })
          const ids = Array.from({ length: 60 }, (_, n) => `session ${n}`)
          await Promise.all(ids.map((id) => manager.set(id, { userId: 1 })))
          const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
          await manager.delete('session 7')
          statements.length = 0
          const outcomes = await Promise.allSettled(
            opened.map((session, n) => {
              session.writable.set('userId', n)
              session.writable.set('label', n === 8 ? 'x'.repeat(201) : `label ${n}`)
              return session.save()
            }),
          )
          expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? n : []))).to.deep.equal([7, 8])
          const stored = await Promise.all(ids.map((id) => manager.get(id)))
          for (const [n, properties] of stored.entries())
            if (n !== 7) expect(properties).to.include(n === 8 ? { userId: 1 } : { userId: n, label: `label ${n}` })
          expect(stored[7]).to.equal(undefined)
          manager.close()
        }))
    })
  }
}
