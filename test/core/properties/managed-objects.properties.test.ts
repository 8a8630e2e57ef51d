import { strictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { MemorySessionBackend, type MergeFunction, SessionManager } from 'koa-session-model'
import { openSession } from '../../support/open-session.js'
import { runs } from '../support/runs.js'

const names = ['cart', 'tags', 'column'] as const
type Name = (typeof names)[number]
type Write = 'save' | 'update' | 'change in update' | 'commit'

type Act =
  | readonly [kind: 'get' | 'set' | 'get in update' | 'change elsewhere', name: Name]
  | readonly [kind: 'reload' | 'login elsewhere' | 'change something else']
  | readonly [kind: 'push', which: number, meanwhile: Name | undefined, write: Write]

const name = fc.constantFrom(...names)
const kindOfName = fc.constantFrom(
  'get' as const,
  'get in update' as const,
  'change elsewhere' as const,
  'set' as const,
)
const alone = fc.constantFrom('reload' as const, 'login elsewhere' as const, 'change something else' as const)
const write = fc.constantFrom<Write>('save', 'update', 'change in update', 'commit')
const push = fc.tuple(fc.constant('push' as const), fc.nat(), fc.option(name, { nil: undefined }), write)
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof<fc.WeightedArbitrary<Act>[]>(
    { weight: 6, arbitrary: fc.tuple(kindOfName, name) },
    { weight: 2, arbitrary: fc.tuple(alone) },
    { weight: 4, arbitrary: push },
  ),
  { minLength: 1, maxLength: 30, size: 'max' },
)

const concat: MergeFunction = (_, mine, theirs) => [...((theirs ?? []) as []), ...((mine ?? []) as [])]

/** A request that holds arrays of its session, while other requests change them. */
class Holding {
  readonly #managers: SessionManager[]
  readonly #held: { readonly name: Name; readonly list: unknown[] }[] = []
  #id = 'a'
  #count = 0
  /** What became of changes in what is held. */
  static readonly seen = { stored: 0, told: 0 }

  constructor(isMerging: boolean) {
    const backend = new MemorySessionBackend<object>({ column: ['old'] })
    const merge = isMerging ? { cart: concat, column: concat } : {}
    this.#managers = [0, 1].map(() => new SessionManager({ backend, cleanup: false, merge, grace: '5m' }))
  }

  async run(acts: readonly Act[]): Promise<void> {
    const [here, there] = this.#managers as [SessionManager, SessionManager]
    const first = await openSession(there)
    first.properties.replace({ cart: ['old'], tags: ['old'], column: ['old'] })
    await first.commit()
    this.#id = first.id
    const session = await openSession(here, this.#id)
    const { get, elsewhere } = { get: (name: Name) => session.properties.get(name), elsewhere: this.#elsewhere }
    const hold = (name: Name): void => {
      const list = get(name)
      if (Array.isArray(list)) this.#held.push({ name, list })
    }
    const writes: Record<Write, (name: Name) => Promise<void>> = {
      save: () => session.save(),
      commit: () => session.commit(),
      update: () => session.update(() => session.properties.set('count', this.#next())),
      'change in update': (name) =>
        session.update(() => session.properties.set(name, [...((get(name) ?? []) as []), this.#next()])),
    }
    const set = (name: Name): void => {
      for (const held of this.#held.splice(0)) if (held.name !== name) this.#held.push(held)
      session.properties.set(name, [this.#next()])
      hold(name)
    }
    for (const act of acts) {
      switch (act[0]) {
        case 'push':
          await this.#push(act[1], act[2], writes[act[3]], writes.commit)
          break
        case 'get':
          hold(act[1])
          break
        case 'set':
          set(act[1])
          break
        case 'get in update':
          await session.update(() => hold(act[1]))
          break
        case 'change elsewhere':
          await elsewhere(act[1])
          break
        case 'change something else':
          session.properties.set('count', this.#next())
          break
        case 'reload':
          await session.reload()
          break
        case 'login elsewhere':
          await this.#login()
      }
    }
  }

  /** Changes something that is held. It is stored, or an error tells, of many objects at the commit. */
  async #push(
    which: number,
    meanwhile: Name | undefined,
    write: (name: Name) => Promise<void>,
    commit: (name: Name) => Promise<void>,
  ): Promise<void> {
    const held = this.#held[which % this.#held.length]
    if (!held) return
    const token = this.#next()
    held.list.push(token)
    if (meanwhile) await this.#elsewhere(meanwhile)
    const code: unknown = await write(held.name).catch((error) => error.code)
    const stored = await this.#managers[1]?.get(this.#id)
    const isStored = (stored?.[held.name] as unknown[] | undefined)?.includes(token) === true
    const told = isStored ? code : (code ?? (await commit(held.name).catch((error) => error.code)))
    strictEqual(told, isStored ? undefined : 'VALUE_STALE', `the change is stored: ${isStored}`)
    Holding.seen[isStored ? 'stored' : 'told']++
  }

  readonly #elsewhere = async (name: Name): Promise<void> => {
    const other = await openSession(this.#managers[1] as SessionManager, this.#id)
    other.properties.set(name, [this.#next()])
    await other.commit()
  }

  async #login(): Promise<void> {
    const other = await openSession(this.#managers[1] as SessionManager, this.#id)
    await other.regenerate()
    await other.commit()
    this.#id = other.id
  }

  #next(): number {
    this.#count++
    return this.#count
  }
}

describe('a change in an object that a request holds', () => {
  it('is stored by the next write, or an error tells', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), acts, (isMerging, acts) => new Holding(isMerging).run(acts)),
      runs(200),
    )
    for (const count of Object.values(Holding.seen)) strictEqual(count > 0, true)
  }).timeout(60_000)
})
