import { AsyncResource } from 'node:async_hooks'
import { setImmediate } from 'node:timers'

/** How many statements may be under way at a time. While little happens and fewer are, an item is worked on at once. */
const mostUnderWay = 2
/**
 * While much happens, the next statement waits for the one before, so that there are fewer of them with more items each,
 * which cost the database and the process less; but no longer than this, in milliseconds.
 */
const patience = 10
/** After so long a statement counts no more, in milliseconds: what hangs must not hold up the rest. */
const longestStatement = 1000

/** Takes the items that go together in the next statement out of those that wait; the others it gives back. */
export type Take<Item> = (waiting: Item[]) => { readonly next: readonly Item[]; readonly rest: Item[] }

/**
 * Works on many items with few statements: an item goes out at once, and those that arrive while statements are under way
 * go together in the next one. Where nothing is under way, nobody waits.
 */
export class Batch<Item> {
  readonly #take: Take<Item>
  readonly #run: (items: readonly Item[]) => Promise<void>
  #waiting: Item[] = []
  #underWay = 0
  /** Those of them that have not taken longer than {@link patience}. */
  #fresh = 0
  /** Whether several items waited for the last statement: then those that arrive in one turn of the event loop go together. */
  #isBusy = false
  #isGathering = false
  /** A statement is for several requests: what follows a request through its calls, such as tracing, must not name one of them. */
  readonly #nobody = new AsyncResource('koa-session-model.batch')

  /** `run` never rejects. */
  constructor(take: Take<Item>, run: (items: readonly Item[]) => Promise<void>) {
    this.#take = take
    this.#run = run
  }

  add(item: Item): void {
    this.#waiting.push(item)
    if (!this.#isBusy) this.#goOn()
    else if (!this.#isGathering) this.#gather()
  }

  #gather(): void {
    this.#isGathering = true
    setImmediate(() => {
      this.#isGathering = false
      this.#goOn()
    })
  }

  #goOn(): void {
    while (this.#waiting.length > 0 && this.#mayBegin()) {
      this.#isBusy = this.#waiting.length > 1
      const { next, rest } = this.#take(this.#waiting)
      this.#waiting = rest
      const end = this.#begin()
      void this.#nobody.runInAsyncScope(() => this.#run(next).finally(end))
    }
  }

  #mayBegin(): boolean {
    if (this.#underWay === 0) return true
    return this.#underWay < mostUnderWay && (!this.#isBusy || this.#fresh === 0)
  }

  /** Counts a statement as under way until it ends; one that takes too long makes room for others before. */
  #begin(): () => void {
    this.#underWay++
    this.#fresh++
    const age = once(() => this.#fresh--)
    const leave = once(() => this.#underWay--)
    const end = (): void => {
      clearTimeout(timer)
      age()
      leave()
      this.#goOn()
    }
    const outlast = (): void => {
      timer = setTimeout(end, longestStatement - patience).unref()
      age()
      this.#goOn()
    }
    let timer = setTimeout(outlast, patience).unref()
    return end
  }
}

function once(work: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}

/**
 * Takes those that have waited longest: `most` at the most, and if more than `fewest` wait, only as many as leave work for
 * the other statements. One statement for all would have the database wait for the process, and then the other way round.
 */
export function share<Item>(fewest: number, most: number): Take<Item> {
  return (waiting) => {
    const count = Math.min(most, Math.max(fewest, Math.ceil(waiting.length / mostUnderWay)))
    return waiting.length <= count
      ? { next: waiting, rest: [] }
      : { next: waiting.slice(0, count), rest: waiting.slice(count) }
  }
}
