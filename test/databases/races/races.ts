import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SessionManager, type SessionPolicy } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'

type Manager = SessionManager<TestColumns>

interface Rivals {
  /** Two managers on one table, with connections of their own, as two processes have. */
  readonly managers: readonly [Manager, Manager]
  /** What they told of in the event `error`. */
  readonly errors: unknown[]
}

async function withRivals(
  row: MatrixRow,
  policy: SessionPolicy<TestColumns>,
  work: (rivals: Rivals) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
  const place = { table: `races_${row.name.replace(/\W+/g, '_').toLowerCase()}`, file: join(folder, 'sessions.db') }
  const models = [await row.open(place), await row.open({ ...place, create: false })]
  const errors: unknown[] = []
  const [one, two] = models.map(({ model }) => new SessionManager({ ...policy, model, cleanup: false }))
  try {
    for (const manager of [one, two]) manager?.on('error', ({ error }) => errors.push(error))
    await work({ managers: [one as Manager, two as Manager], errors })
  } finally {
    for (const manager of [one, two]) manager?.close()
    await models[0]?.execute('DROP TABLE ?')
    for (const { close } of models) await close()
    await rm(folder, { recursive: true })
  }
}

const times = (count: number, work: (number: number) => Promise<unknown>) =>
  Array.from({ length: count }, (_, number) => number).reduce(
    (before, number) => before.then(() => work(number)).then(() => {}),
    Promise.resolve(),
  )

/** What two processes do to one session at the same moment, on real databases. */
export async function testRaces(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows)) {
    describe(`two processes at once on ${row.name}`, () => {
      it('set and delete one session, and nobody hears of an error', async () => {
        await withRivals(row, {}, async ({ managers: [one, two], errors }) => {
          const id = 'x'.repeat(43)
          await Promise.all([
            times(60, (n) => one.set(id, { label: `${n}` })),
            times(60, (n) => two.set(id, { label: `${n}` })),
            times(60, () => one.delete(id)),
            times(60, () => two.delete(id)),
          ])
          expect(errors).to.deep.equal([])
          await Promise.all([one.set(id, { label: 'last' }), one.delete(id)])
          expect(await two.get(id)).to.equal(undefined)
          await Promise.all([
            two.set(id, { label: 'last' }),
            two.get(id),
            two.delete(id),
            two.set(id, { label: 'again' }),
          ])
          expect(await one.get(id)).to.include({ label: 'again' })
        })
      })

      it('log in users for the first time, and nobody hears of an error', async () => {
        await withRivals(row, { limit: { by: 'userId', max: 1 } }, async ({ managers, errors }) => {
          await times(12, async (userId) => {
            const logIn = async (manager: Manager) => {
              const session = await openSession(manager)
              session.properties.set('userId', userId)
              await session.commit()
            }
            await Promise.all(managers.map(logIn))
            expect(await managers[0].list({ userId })).to.have.length(1)
          })
          expect(errors).to.deep.equal([])
        })
      })

      it('give one session another id, and nobody hears of an error', async () => {
        await withRivals(row, {}, async ({ managers: [one, two], errors }) => {
          await times(12, async () => {
            const session = await openSession(one)
            session.properties.set('label', 'a')
            await session.commit()
            const rivals = await Promise.all([openSession(one, session.id), openSession(two, session.id)])
            for (const rival of rivals) await rival.regenerate()
            await Promise.all(rivals.map((rival) => rival.commit()))
            for (const { id } of rivals) expect(await one.get(id)).to.include({ label: 'a' })
          })
          expect(errors).to.deep.equal([])
        })
      })

      it('take a value of one session: one of them gets it', async () => {
        await withRivals(row, {}, async ({ managers: [one, two], errors }) => {
          await times(12, async (n) => {
            const session = await openSession(one)
            session.properties.replace({ label: `column ${n}`, notice: [n], kept: true })
            await session.commit()
            const rivals = await Promise.all([one, two, one, two].map((manager) => openSession(manager, session.id)))
            const takes = rivals.flatMap((rival) => [rival.take('notice'), rival.take('label')])
            const taken = (await Promise.all(takes)).filter((value) => value !== undefined)
            expect(taken).to.have.deep.members([[n], `column ${n}`])
            expect(await two.get(session.id)).to.deep.equal({ userId: null, label: null, kept: true })
          })
          expect(errors).to.deep.equal([])
        })
      })

      it('change the rights of a session: the old id opens nothing in either, and nobody goes on with the old rights', async () => {
        await withRivals(row, { grace: '10m' }, async ({ managers: [one, two], errors }) => {
          const session = await openSession(one)
          session.properties.replace({ userId: 1, label: 'admin' })
          await session.commit()
          const writing = await openSession(two, session.id)
          const rivals = await Promise.all([openSession(one, session.id), openSession(two, session.id)])
          for (const rival of rivals) {
            await rival.regenerate({ grace: 0 })
            rival.properties.set('label', 'user')
          }
          await Promise.all(rivals.map((rival) => rival.commit()))
          writing.properties.set('late', true)
          await writing.commit()
          for (const manager of [one, two]) expect((await openSession(manager, session.id)).isNew).to.equal(true)
          const left = await one.list({ userId: 1 })
          expect(left.map(({ properties }) => properties)).to.have.length(1)
          expect(left[0]?.properties).to.include({ label: 'user', late: true })
          expect(errors).to.deep.equal([])
        })
      })
    })
  }
}
