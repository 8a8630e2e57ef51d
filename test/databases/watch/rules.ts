import { expect } from 'chai'
import { SessionManager, type SessionWatch } from 'koa-session-model'
import { viewOf } from '../../../src/core/session/session-view.js'
import { share } from '../../../src/core/session/shared.js'
import { Watches } from '../../../src/core/watch/watches.js'
import { AlarmClock } from '../../support/alarm-clock.js'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { openSession } from '../../support/open-session.js'
import { idle } from '../../support/passing-time.js'

type Scene = Awaited<ReturnType<typeof openScene>>

/** A process that watches, and a manager that stands for another process, on one table. */
async function openScene(open: MatrixRow['open'], table: string) {
  const clock = new AlarmClock()
  const statements: string[] = []
  const opened = await open({ table, now: clock.now, onStatement: (sql) => statements.push(sql) })
  const options = { model: opened.model, now: clock.now, cleanup: false, maxAge: '1h', touchAfter: 0.1 } as const
  const other = new SessionManager(options)
  const shared = share(new SessionManager(options).options, clock.alarm)
  const watches = new Watches(shared, clock.alarm)
  const watch = (id: string): Promise<SessionWatch> => watches.begin(shared.repository.rowId(id), 30_000, false)
  /** Stores so many sessions of a user, and watches them. */
  const logIn = async (count: number, userId = 1) => {
    const created: { id: string; watch: SessionWatch }[] = []
    for (let n = 0; n < count; n++) {
      const { id } = await other.create({ userId, label: `${n}` })
      created.push({ id, watch: await watch(id) })
    }
    return created
  }
  const selects = (): number => statements.splice(0).filter((sql) => /\bSELECT\b.*\bexpires\b/i.test(sql)).length
  return { ...opened, clock, other, shared, watches, logIn, selects }
}

const rules: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'learn what another process ended, by one read for all': async ({ clock, other, logIn, selects }) => {
    const all = await logIn(60)
    for (const [n, { id }] of all.entries()) if (n % 2 === 0) await other.delete(id)
    selects()
    await clock.let(30)
    // The second one asks for the forwarding rows. PostgreSQL is asked again where nothing is found.
    expect(selects()).to.be.within(2, 3)
    for (const [n, { watch }] of all.entries()) expect(watch.reason).to.equal(n % 2 === 0 ? 'ended' : undefined)
    await clock.let(30)
    expect(selects()).to.equal(1)
  },
  'follow the new ids of another process': async ({ clock, other, logIn }) => {
    const [one, two] = await logIn(2)
    const session = await openSession(other, one?.id)
    const second = await openSession(other, two?.id)
    for (const rotated of [session, second, second]) {
      await rotated.regenerate()
      await rotated.save()
      await other.deleteExpired() // spares the forwarding rows
    }
    await clock.let(90)
    expect([one?.watch.reason, two?.watch.reason]).to.deep.equal([undefined, undefined])
    await second.destroy()
    await clock.let(30)
    expect([one?.watch.reason, two?.watch.reason]).to.deep.equal([undefined, 'ended'])
  },
  'are kept alive by touches, and expire without': async ({ clock, logIn, other }) => {
    const [kept, left] = await logIn(2)
    for (let n = 0; n < 9; n++) {
      await clock.let(600)
      kept?.watch.touch()
      while ((await listedExpiry(other, 0)) <= clock.now() + 3_590_000) await idle()
    }
    expect([kept?.watch.reason, left?.watch.reason]).to.deep.equal([undefined, 'expired'])
  },
  'learn at once what this process ended': async ({ logIn, shared }) => {
    const [one, two] = await logIn(2)
    await shared.ending.end(shared.repository.rowId(one?.id ?? ''), 'logout', shared.time.begin())
    expect([one?.watch.reason, two?.watch.reason]).to.deep.equal(['logout', undefined])
  },
  'learn at once whom their manager has revoked': async ({ logIn, other }) => {
    const all = await logIn(3)
    const own = await Promise.all(all.map(({ id }) => other.watch(id)))
    const except = viewOf(await openSession(other, all[1]?.id))
    await other.revoke({ userId: 1 }, { except })
    expect(own.map(({ reason }) => reason)).to.deep.equal(['revoked', undefined, 'revoked'])
    await other.deleteAll()
    expect(own[1]?.reason).to.equal('revoked')
  },
}

/** The latest expiry in the table, in milliseconds. */
async function listedExpiry(manager: SessionManager<{ userId: number | null }>, least: number): Promise<number> {
  const rows = await manager.list({ userId: 1 })
  return Math.max(least, ...rows.map(({ expires }) => expires.getTime()))
}

/** Watches sessions on each database of an ORM. */
export async function testWatch(rows: readonly MatrixRow[]): Promise<void> {
  for (const { name, open } of await reachable(rows)) {
    describe(`watched sessions on ${name}`, () => {
      let scene: Scene

      beforeEach(async () => {
        scene = await openScene(open, `watch_${name.replace(/\W+/g, '_').toLowerCase()}`)
      })
      afterEach(async () => {
        scene.watches.close()
        scene.other.close()
        await scene.close()
      })

      for (const [title, rule] of Object.entries(rules)) it(title, () => rule(scene))
    })
  }
}
