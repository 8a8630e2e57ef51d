import { mock } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import type { StoredRow } from '../../../src/core/codec/session-meta.js'
import { TimeLimit } from '../../../src/core/concurrency/deadline.js'
import { FindBatcher } from '../../../src/core/repository/find-batcher.js'

const noLimit = new TimeLimit(60_000)

class Money {
  amount = 1
}

/** A database that answers when it is told to, and notes what it was asked. */
class Statements {
  readonly asked: string[][] = []
  readonly #pending: (() => void)[] = []
  readonly #columns: Record<string, unknown>

  constructor(columns: Record<string, unknown> = {}) {
    this.#columns = columns
  }

  readonly find = (ids: readonly string[]): Promise<readonly StoredRow[]> => {
    this.asked.push([...ids])
    const rows = ids.filter((id) => !id.startsWith('unknown')).map((id) => this.#row(id))
    return new Promise((resolve, reject) => {
      this.#pending.push(() => (ids.includes('bad') ? reject(new Error('bad')) : resolve(rows.reverse())))
    })
  }

  /** Lets the oldest statement that is under way end, and waits until the next one is sent, at the end of the turn. */
  async answer(): Promise<void> {
    this.#pending.shift()?.()
    await nextTurn()
    await nextTurn()
  }

  #row(id: string): StoredRow {
    return { id, data: id, expires: new Date(), createdAt: null, version: 1, meta: {}, columns: { ...this.#columns } }
  }
}

/** Stands for the intervals of ten milliseconds. */
class Clock {
  readonly #intervals = new Set<{ readonly work: () => void }>()

  readonly set = (work: () => void, every: number): unknown => {
    const interval = { work, unref: () => interval }
    if (every === 10) this.#intervals.add(interval) // else it is that of the time limit
    return interval
  }

  readonly clear = (interval: { readonly work: () => void }): void => {
    this.#intervals.delete(interval)
  }

  get running(): number {
    return this.#intervals.size
  }

  tick(times: number): void {
    for (let n = 0; n < times; n++) for (const { work } of this.#intervals) work()
  }
}

function setUp(columns?: Record<string, unknown>) {
  const statements = new Statements(columns)
  const batch = new FindBatcher(statements.find)
  const find = async (id: string): Promise<string | undefined> =>
    (await batch.find(id, noLimit.begin()))?.data ?? undefined
  return { statements, batch, find }
}

describe('finding rows for many requests', () => {
  let clock: Clock

  beforeEach(() => {
    clock = new Clock()
    mock.method(globalThis, 'setInterval', clock.set)
    mock.method(globalThis, 'clearInterval', clock.clear)
  })

  afterEach(() => mock.restoreAll())

  it('asks at once while little is under way', () => {
    const { statements, find } = setUp()
    void find('a')
    void find('b')
    expect(statements.asked).to.deep.equal([['a'], ['b']])
  })

  it('asks for all that wait in one statement, and gives each its own answer', async () => {
    const { statements, find } = setUp()
    const early = [find('a'), find('b')]
    const late = [find('c'), find('unknown'), find('d'), find('c')]
    expect(statements.asked).to.have.length(2)
    await statements.answer()
    expect(statements.asked[2]).to.deep.equal(['c', 'unknown', 'd'])
    for (let n = 0; n < 2; n++) await statements.answer()
    expect(await Promise.all([...early, ...late])).to.deep.equal(['a', 'b', 'c', undefined, 'd', 'c'])
    expect(statements.asked).to.have.length(3)
  })

  it('keeps an error to the request that had it: where a statement for several fails, each asks again alone', async () => {
    const { statements, find } = setUp()
    const outcomes = [find('bad'), find('a'), find('b'), find('bad'), find('d')].map((found) =>
      found.catch((error: Error) => error.message),
    )
    for (let n = 0; n < 6; n++) await statements.answer()
    expect(await Promise.all(outcomes)).to.deep.equal(['bad', 'a', 'b', 'bad', 'd'])
    expect(statements.asked).to.deep.equal([['bad'], ['a'], ['b', 'bad', 'd'], ['b'], ['bad'], ['d']])
  })

  it('asks again only when the statement before has ended, while several wait each time', async () => {
    const { statements, find } = setUp()
    for (const id of ['a', 'b', 'c', 'd']) void find(id)
    await statements.answer()
    for (const id of ['e', 'f']) void find(id)
    await statements.answer()
    expect(statements.asked).to.deep.equal([['a'], ['b'], ['c', 'd']])
    await statements.answer()
    expect(statements.asked[3]).to.deep.equal(['e', 'f'])
  })

  it('asks in one statement for all that come in the turn of an answer, while several wait each time', async () => {
    const { statements, find } = setUp()
    for (const id of ['a', 'b', 'c', 'd']) void find(id)
    for (let n = 0; n < 2; n++) await statements.answer()
    const answered = statements.answer().then(() => statements.asked[3])
    void find('e')
    for (let n = 0; n < 20; n++) await Promise.resolve()
    void find('f')
    expect(await answered).to.deep.equal(['e', 'f'])
  })

  it('does not wait for statements that are slow, nor for two that hang', async () => {
    const { statements, find } = setUp()
    for (const id of ['a', 'b', 'c', 'd']) void find(id)
    clock.tick(99)
    await statements.answer()
    for (const id of ['e', 'f']) void find(id)
    await statements.answer()
    clock.tick(1)
    expect(statements.asked).to.deep.equal([['a'], ['b'], ['c', 'd']])
    clock.tick(1)
    expect(statements.asked[3]).to.deep.equal(['e', 'f'])
    for (const id of ['g', 'h']) void find(id)
    await nextTurn()
    clock.tick(97)
    expect(statements.asked).to.have.length(4)
    clock.tick(1)
    expect(statements.asked[4]).to.deep.equal(['g', 'h'])
  })

  it('looks at the time only while something is under way', async () => {
    const { statements, find } = setUp()
    void find('a')
    void find('b')
    for (let n = 0; n < 2; n++) await statements.answer()
    expect(clock.running).to.equal(1)
    clock.tick(1)
    expect(clock.running).to.equal(0)
    for (const id of ['c', 'd', 'e']) void find(id)
    clock.tick(100)
    expect(statements.asked).to.deep.equal([['a'], ['b'], ['c'], ['d'], ['e']])
  })

  it('tells an error to its request, also where it is thrown', async () => {
    const batch = new FindBatcher(() => {
      throw new Error('thrown')
    })
    expect(await batch.find('a', noLimit.begin()).catch((error: Error) => error.message)).to.equal('thrown')
  })

  it('shares out many among the statements that may be under way, and asks for a bounded number at a time', async () => {
    const { statements, find } = setUp()
    const found = Array.from({ length: 402 }, (_, n) => find(String(n)))
    for (let n = 0; n < 9; n++) await statements.answer()
    expect(statements.asked.map((ids) => ids.length)).to.deep.equal([1, 1, 128, 128, 72, 36, 32, 4])
    expect(await Promise.all(found)).to.deep.equal(Array.from({ length: 402 }, (_, n) => String(n)))
  })

  it('lets two requests share a row only if neither can change what the other has', async () => {
    for (const [columns, isShared] of [
      [{ tags: ['a', { b: 1 }], at: new Date(), n: 1 }, true],
      [{ prices: [new Money()] }, false],
      [{ price: new Money() }, false],
    ] as const) {
      const { statements, batch } = setUp(columns)
      const blockers = [batch.find('x', noLimit.begin()), batch.find('y', noLimit.begin())]
      const both = [batch.find('a', noLimit.begin()), batch.find('a', noLimit.begin())]
      for (let n = 0; n < 4; n++) await statements.answer()
      await Promise.all(blockers)
      const [one, two] = await Promise.all(both)
      expect(one === two).to.equal(isShared)
      expect(two?.id).to.equal('a')
    }
  })
})
