import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { type KoaSessionStore, koaSessionStore } from 'koa-session-model/koa-session'
import { type MatrixRow, reachable } from '../support/matrix.js'

interface Rivals {
  /** Two stores on one table, with connections of their own, as two processes have. */
  readonly stores: readonly [KoaSessionStore, KoaSessionStore]
  count(): Promise<number>
}

const at = () => ({ ctx: {} })
const day = 86_400_000
const values = (found: object | undefined) => {
  const { _expire, _maxAge, ...others } = found as Record<string, unknown>
  return others
}

async function withRivals(row: MatrixRow, work: (rivals: Rivals) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sessions-'))
  const place = { table: `host_${row.name.replace(/\W+/g, '_').toLowerCase()}`, file: join(folder, 'sessions.db') }
  const models = [await row.open(place), await row.open({ ...place, create: false })]
  const managers = models.map(({ model }) => new SessionManager({ model, cleanup: false, maxDataBytes: 2 ** 21 }))
  try {
    const [one, two] = managers.map((manager) => koaSessionStore(manager))
    await work({
      stores: [one as KoaSessionStore, two as KoaSessionStore],
      count: async () => (await models[0]?.count('active')) ?? 0,
    })
  } finally {
    for (const manager of managers) manager.close()
    await models[0]?.execute('DROP TABLE ?')
    for (const { close } of models) await close()
    await rm(folder, { recursive: true })
  }
}

/** What requests of two processes do to one session through koa-session's store, on real databases. */
export async function testHostRaces(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows)) {
    describe(`two processes with koa-session on ${row.name}`, () => {
      it('keep the changes of 20 parallel requests to different keys', () =>
        withRivals(row, async ({ stores }) => {
          await stores[0].set('a', { n: 0 }, day, at())
          const requests = Array.from({ length: 20 }, (_, n) => ({
            n,
            store: stores[n % 2] as KoaSessionStore,
            ...at(),
          }))
          const found = await Promise.all(requests.map(({ store, ctx }) => store.get('a', day, { ctx })))
          await Promise.all(
            requests.map(({ n, store, ctx }) => store.set('a', { ...found[n], [`k${n}`]: n, userId: 7 }, day, { ctx })),
          )
          const expected = Object.fromEntries(requests.map(({ n }) => [`k${n}`, n]))
          expect(values(await stores[0].get('a', day, at()))).to.deep.equal({ n: 0, userId: 7, ...expected })
        }))

      it('leave no row after a logout, however many slow requests write', () =>
        withRivals(row, async ({ stores: [one, two], count }) => {
          for (let round = 0; round < 5; round++) {
            const key = `key ${round}`
            await one.set(key, { n: 0, label: 'x' }, day, at())
            const slow = [one, two, one, two].map((store) => ({ store, ...at() }))
            await Promise.all(slow.map(({ store, ctx }) => store.get(key, day, { ctx })))
            await Promise.all([
              ...slow.map(({ store, ctx }, n) => store.set(key, { n: 0, label: 'x', [`k${n}`]: 1 }, day, { ctx })),
              two.destroy(key, at()),
            ])
            await Promise.all(slow.map(({ store, ctx }) => store.set(key, { n: 1 }, day, { ctx })))
            expect(await one.get(key, day, at())).to.equal(undefined)
          }
          expect(await count()).to.equal(0)
        }))

      it('keep names that are reserved, text of every kind, and 1 MiB', () =>
        withRivals(row, async ({ stores: [one, two] }) => {
          const session = {
            id: 1,
            expires: 'x',
            save: true,
            $id: 2,
            text: 'naïve 漢字 👩‍👩‍👧',
            big: 'x'.repeat(2 ** 20),
          }
          await one.set('a', session, day, at())
          const request = at()
          expect(values(await two.get('a', day, request))).to.deep.equal(session)
          const { big: _, ...smaller } = session
          await two.set('a', smaller, day, request)
          expect(values(await one.get('a', day, at()))).to.deep.equal(smaller)
        }))
    })
  }
}
