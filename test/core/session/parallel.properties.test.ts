import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { type MergeFunction, SessionManager } from 'koa-session-model'
import { openSession } from '../../support/open-session.js'
import { change, columns } from '../support/history.js'
import { valuesOf } from '../support/history-run.js'
import { Replay } from '../support/replay.js'
import { runs } from '../support/runs.js'
import { SlowBackend } from '../support/slow-backend.js'

/** What each of some requests changes, in which of two processes, and whether it counts then. */
const plans = fc.array(
  fc.record({ process: fc.nat({ max: 1 }), changes: fc.array(change, { maxLength: 4 }), counts: fc.boolean() }),
  { minLength: 2, maxLength: 5, size: 'max' },
)

/** What only one request removes. No two set the same value either: what is as it is already is no change. */
const own = Object.fromEntries([0, 1, 2, 3, 4].map((request) => [`of ${request}`, request]))

/** A stored session, as two processes with the same backend see it. */
async function setUp(merge: Readonly<Record<string, MergeFunction>> = {}) {
  const backend = new SlowBackend(columns)
  const managers = [0, 1].map(() => new SessionManager({ backend, cleanup: false, merge }))
  const open = (process: number, id?: string) => openSession(managers[process] as SessionManager, id)
  const first = await open(0)
  first.properties.replace({ counter: 0, sum: 100, tags: ['old'], ...own })
  await first.commit()
  const stored = async () => valuesOf(await open(0, first.id))
  const { id } = first
  const replay = new Replay(id, await stored(), merge)
  return { backend, open: (process: number) => open(process, id), stored, replay }
}

describe('requests that run in parallel, in one process and in two', () => {
  it('leave what a replay in the order of their writes makes, and count exactly', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plans) => {
        const { backend, open, stored, replay } = await setUp()
        const sights = plans.map(() => replay.open(replay.id, 0, 0))
        const sessions = await Promise.all(plans.map(({ process }) => open(process)))
        const work = sessions.map((session, request) => {
          const { changes, counts } = plans[request] as (typeof plans)[number]
          return backend.run(request, scheduler, async () => {
            for (const [kind, key, value] of changes) {
              const name = kind === 'set' ? key : `of ${request}`
              if (kind === 'set') session.properties.set(name, [request, value])
              else session.properties.remove(name)
              if (kind === 'set') sights[request]?.view.set(name, [request, value])
              else sights[request]?.view.delete(name)
            }
            await session.save()
            const count = () => session.properties.set('counter', Number(session.properties.get('counter')) + 1)
            if (counts) await session.update(count)
            await session.commit()
          })
        })
        await scheduler.waitFor(Promise.all(work))
        for (const request of new Set(backend.written)) {
          const sight = sights[request]
          if (sight) replay.write(sight)
        }
        const counter = plans.filter(({ counts }) => counts).length
        deepStrictEqual(await stored(), new Map([...replay.values, ['counter', counter]]))
      }),
      runs(60),
    ))

  const merge: Record<string, MergeFunction> = {
    sum: (base, mine, theirs) => Number(theirs) + Number(mine) - Number(base),
    tags: (_, mine, theirs) => [...new Set([...(theirs as string[]), ...(mine as string[])])].sort(),
  }
  const adding = fc.record({ process: fc.nat({ max: 1 }), add: fc.integer(), tag: fc.string() })

  it('leave the same in whatever order they write, where merge does not care for it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(adding, { minLength: 2, maxLength: 5, size: 'max' }),
        async (scheduler, requests) => {
          const { backend, open, stored } = await setUp(merge)
          const sessions = await Promise.all(requests.map(({ process }) => open(process)))
          const work = sessions.map((session, request) => {
            const { properties } = session
            const { add, tag } = requests[request] as (typeof requests)[number]
            properties.set('sum', Number(properties.get('sum')) + add)
            properties.set('tags', [...new Set([...(properties.get('tags') as string[]), tag])].sort())
            return backend.run(request, scheduler, () => session.commit())
          })
          await scheduler.waitFor(Promise.all(work))
          const values = await stored()
          const sum = requests.reduce((total, { add }) => total + add, 100)
          const tags = [...new Set(['old', ...requests.map(({ tag }) => tag)])].sort()
          deepStrictEqual([values.get('sum'), values.get('tags')], [sum, tags])
        },
      ),
      runs(60),
    ))
})
