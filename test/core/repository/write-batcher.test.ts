import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { TimeLimit } from '../../../src/core/concurrency/deadline.js'
import { WriteBatcher } from '../../../src/core/repository/write-batcher.js'

const noLimit = new TimeLimit(60_000)

interface Write {
  readonly id: string
}

/** A database that answers when it is told to, and notes what it was to write. */
class Statements {
  readonly asked: string[][] = []
  readonly #pending: (() => void)[] = []

  readonly write = (writes: readonly Write[]): Promise<(boolean | null)[]> => {
    this.asked.push(writes.map(({ id }) => id))
    const told = writes.map(({ id }) => this.#outcome(id, writes.length > 1))
    return new Promise((resolve, reject) => {
      this.#pending.push(() => (writes.some(({ id }) => id === 'lost') ? reject(new Error('lost')) : resolve(told)))
    })
  }

  /** Lets the oldest statement that is under way end, and waits until the next one is sent, at the end of the turn. */
  async answer(): Promise<void> {
    this.#pending.shift()?.()
    await nextTurn()
    await nextTurn()
  }

  #outcome(id: string, together: boolean): boolean | null {
    if (id.startsWith('locked')) return together ? null : true
    return id.startsWith('gone') ? (together ? null : false) : true
  }
}

/** The first letter of what is after a dash; what has a star is for a statement of its own. */
const kindOf = ({ id }: Write) => (id.includes('*') ? undefined : (id.split('-')[1]?.[0] ?? ''))

function setUp(isBatched = true) {
  const statements = new Statements()
  const batch = new WriteBatcher<Write>(statements.write, kindOf, () => isBatched)
  const write = (id: string): Promise<boolean | string> =>
    batch.write({ id }, noLimit.begin()).catch((error: Error) => error.message)
  return { statements, write }
}

describe('writing rows for many requests', () => {
  it('writes at once while little is under way, and then what waits in one statement', async () => {
    const { statements, write } = setUp()
    const outcomes = ['a', 'b', 'c', 'd', 'e'].map(write)
    expect(statements.asked).to.deep.equal([['a'], ['b']])
    await statements.answer()
    expect(statements.asked[2]).to.deep.equal(['c', 'd', 'e'])
    for (let n = 0; n < 2; n++) await statements.answer()
    expect(await Promise.all(outcomes)).to.deep.equal([true, true, true, true, true])
  })

  it('writes alone what was not tried together, and holds nobody else up for that', async () => {
    const { statements, write } = setUp()
    const outcomes = ['a', 'b', 'c', 'gone', 'locked', 'd'].map(write)
    for (let n = 0; n < 3; n++) await statements.answer()
    expect(await Promise.all([outcomes[2], outcomes[5]])).to.deep.equal([true, true])
    expect(statements.asked.slice(3)).to.deep.equal([['gone'], ['locked']])
    for (let n = 0; n < 2; n++) await statements.answer()
    expect(await Promise.all(outcomes)).to.deep.equal([true, true, true, false, true, true])
  })

  it('writes one row once in a statement', async () => {
    const { statements, write } = setUp()
    for (const id of ['a', 'b', 'c', 'c', 'd', 'c']) void write(id)
    for (let n = 0; n < 5; n++) await statements.answer()
    expect(statements.asked).to.deep.equal([['a'], ['b'], ['c', 'd'], ['c'], ['c']])
  })

  it('writes together what is of one kind, in the order of the first of each', async () => {
    const { statements, write } = setUp()
    for (const id of ['a', 'b', 'c-x', 'd-y', 'e-x', 'f*', 'g-y']) void write(id)
    for (let n = 0; n < 4; n++) await statements.answer()
    expect(statements.asked).to.deep.equal([['a'], ['b'], ['f*'], ['c-x', 'e-x'], ['d-y', 'g-y']])
  })

  it('holds nobody up for what cannot be written together', async () => {
    const { statements, write } = setUp()
    for (const id of ['a', 'b', 'c-x', 'd-y']) void write(id)
    for (let n = 0; n < 2; n++) await statements.answer()
    expect(statements.asked).to.deep.equal([['a'], ['b'], ['c-x'], ['d-y']])
  })

  it('writes a bounded number at a time', async () => {
    const { statements, write } = setUp()
    for (let n = 0; n < 152; n++) void write(String(n))
    for (let n = 0; n < 5; n++) await statements.answer()
    expect(statements.asked.map((ids) => ids.length)).to.deep.equal([1, 1, 64, 64, 22])
  })

  it('tells all of a statement when its answer is lost: none of them is tried again', async () => {
    const { statements, write } = setUp()
    const outcomes = ['a', 'b', 'c', 'lost'].map(write)
    for (let n = 0; n < 3; n++) await statements.answer()
    expect(await Promise.all(outcomes)).to.deep.equal([true, true, 'lost', 'lost'])
    expect(statements.asked).to.have.length(3)
  })

  it('writes each row at once where a statement cannot have several', () => {
    const { statements, write } = setUp(false)
    for (const id of ['a', 'b', 'c', 'd']) void write(id)
    expect(statements.asked).to.deep.equal([['a'], ['b'], ['c'], ['d']])
  })
})
