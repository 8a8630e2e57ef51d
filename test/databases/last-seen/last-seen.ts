import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SessionManager, type SessionPolicy } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { Clock } from '../../support/clock.js'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'

type Manager = SessionManager<TestColumns>

interface Processes {
  readonly clock: Clock
  /** Two managers on one table, with connections of their own, as two processes have. */
  readonly one: Manager
  readonly other: Manager
  /** The statements of the first one since the last time. */
  takeStatements(): string[]
  lastSeen(id?: string): Promise<Date | null>
  version(): Promise<number>
}

async function withProcesses(
  row: MatrixRow,
  policy: SessionPolicy<TestColumns>,
  work: (processes: Processes) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
  const place = { table: `seen_${row.name.replace(/\W+/g, '_').toLowerCase()}`, file: join(folder, 'sessions.db') }
  const statements: string[] = []
  const first = await row.open({ ...place, lastSeen: true, onStatement: (sql) => statements.push(sql) })
  const second = await row.open({ ...place, lastSeen: true, create: false })
  const clock = new Clock()
  const managerOf = ({ model }: typeof first) =>
    new SessionManager<TestColumns>({ now: clock.now, cleanup: false, ...policy, model })
  const [one, other] = [managerOf(first), managerOf(second)]
  const lastSeen = async (id = 'a') => {
    const listed = await other.list({ id: other.rowId(id) })
    return listed[0]?.lastSeenAt ?? null
  }
  const version = async () => Number((await first.dump())[0]?.version)
  try {
    await one.set('a', { userId: 1 })
    await work({ clock, one, other, takeStatements: () => statements.splice(0), lastSeen, version })
  } finally {
    for (const manager of [one, other]) manager.close()
    await first.execute('DROP TABLE ?')
    for (const { close } of [first, second]) await close()
    await rm(folder, { recursive: true })
  }
}

/** The statements that write. */
function writes(statements: readonly string[]): string[] {
  return statements.filter((sql) => /\bUPDATE\b.+\bSET\b/s.test(sql))
}

/** The last use of a session on real databases: by which statements, and what two processes do to it. */
export async function testLastSeen(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows)) {
    describe(`when a session was last used, on ${row.name}`, () => {
      it('is written by one statement for a request that only reads, after a minute', async () => {
        await withProcesses(row, {}, async ({ clock, one, takeStatements, lastSeen, version }) => {
          const began = new Date(clock.now())
          takeStatements()
          clock.pass(59.999)
          await one.get('a')
          expect(writes(takeStatements())).to.deep.equal([])
          expect(await lastSeen()).to.deep.equal(began)
          clock.pass(0.001)
          await one.get('a')
          const [statement, ...others] = writes(takeStatements())
          expect(others).to.deep.equal([])
          expect(statement).to.match(/SET \S*lastSeenAt\S* = CASE/)
          expect(statement).to.not.match(/SET.*expires\S* = .*WHERE/)
          expect(await lastSeen()).to.deep.equal(new Date(clock.now()))
          expect(await version()).to.equal(1)
        })
      })

      it('goes with the statement that renews, and with the one that writes', async () => {
        await withProcesses(row, { maxAge: '1h' }, async ({ clock, one, takeStatements, lastSeen, version }) => {
          clock.pass(600)
          takeStatements()
          await one.get('a')
          expect(writes(takeStatements())).to.have.lengthOf(1)
          expect(await lastSeen()).to.deep.equal(new Date(clock.now()))
          expect(await version()).to.equal(1)
          clock.pass(1)
          takeStatements()
          await one.set('a', { userId: 2 })
          expect(writes(takeStatements())).to.have.lengthOf(1)
          expect(await lastSeen()).to.deep.equal(new Date(clock.now()))
        })
      })

      it('is written for many sessions, each its own, and once for one', async () => {
        await withProcesses(row, {}, async ({ clock, one, takeStatements, lastSeen }) => {
          const ids = Array.from({ length: 10 }, (_, n) => `s${n}`)
          for (const id of ids) await one.set(id, { label: id })
          clock.pass(60)
          const sessions = await Promise.all([...ids, ...ids].map((id) => openSession(one, id)))
          takeStatements()
          await Promise.all(sessions.map((session) => session.commit()))
          expect(writes(takeStatements()).length).to.be.at.most(3)
          for (const id of ids) expect(await lastSeen(id)).to.deep.equal(new Date(clock.now()))
        })
      })

      it('is never taken back by a process that is late, and keeps its updates from no conflict', async () => {
        await withProcesses(row, { lastSeen: { every: 0 } }, async ({ clock, one, other, lastSeen, version }) => {
          const late = new Date(clock.now())
          const session = await openSession(one, 'a')
          clock.pass(5)
          await other.get('a')
          const seen = new Date(clock.now())
          clock.pass(late.getTime() / 1000 - seen.getTime() / 1000)
          await session.commit()
          expect(await lastSeen()).to.deep.equal(seen)
          const conflicts: unknown[] = []
          one.on('conflict', (event) => conflicts.push(event))
          const writer = await openSession(one, 'a')
          await other.get('a')
          writer.properties.set('label', 'written')
          await writer.commit()
          expect(conflicts).to.deep.equal([])
          expect(await lastSeen()).to.deep.equal(seen)
          expect(await version()).to.equal(2)
          expect((await other.list({ label: 'written' })).length).to.equal(1)
        })
      })
    })
  }
}
