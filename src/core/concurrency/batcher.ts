import { AsyncResource } from 'node:async_hooks'
import { setImmediate } from 'node:timers'
import type { Deadline, TimeLimit, Wait } from './deadline.js'

/** How many statements may be under way at a time. While little happens and fewer are, an item is worked on at once. */
const mostUnderWay = 2
/** How often statements that are under way are looked at, in milliseconds, while the process is not too busy for that. */
const tick = 10
/**
 * While much happens, the next statement waits for the one before, so that there are fewer of them with more items each,
 * which cost the database and the process less; but not for one that has been under way for so many ticks.
 */
const ticksUntilSlow = 2
/** One that has been under way for so many ticks, about a second, hangs: the rest goes on without it. */
const ticksUntilHanging = 100

class Statement<Item> {
  readonly items: readonly Item[]
  /** How many it has been under way for. */
  ticks = 0
  hangs = false

  constructor(items: readonly Item[]) {
    this.items = items
  }
}

/** What waits, alone or together with others, until its deadline. */
export interface BatchItem {
  readonly deadline: Deadline
  /** Whether it waits no more for others: it has its answer, or a statement of its own, which has the time limit then. */
  isAlone: boolean
  /** Whether its time was up. */
  isOver: boolean
  /** Its time is up. */
  expire(): void
}

/** Takes the items that go together in the next statement out of those that wait; the others it gives back. */
export type Take<Item> = (waiting: Item[]) => { readonly next: readonly Item[]; readonly rest: Item[] }

/**
 * Works on many items with few statements: an item goes out at once, and those that arrive while statements are under way
 * go together in the next one. Where nothing is under way, nobody waits.
 */
export class Batcher<Item extends BatchItem> implements Wait {
  readonly #take: Take<Item>
  readonly #run: (items: readonly Item[]) => Promise<void>
  readonly #mostHanging: number
  #waiting: Item[] = []
  readonly #underWay = new Set<Statement<Item>>()
  /** How many of them hang. */
  #hanging = 0
  /** One for all statements, since most of them end soon. */
  #clock: NodeJS.Timeout | undefined
  /** Whether the last statement was for several items: then those that arrive in one turn of the event loop go together. */
  #isBusy = false
  #isGathering = false
  /** A statement is for several requests: what follows a request through its calls, such as tracing, must not name one of them. */
  readonly #nobody = new AsyncResource('koa-session-model.batch')

  /**
   * `run` never rejects. `mostHanging` statements that hang, for about a second, do not hold up the rest; more do, so that
   * they do not take every connection of the pool.
   */
  constructor(take: Take<Item>, run: (items: readonly Item[]) => Promise<void>, mostHanging: number) {
    this.#take = take
    this.#run = run
    this.#mostHanging = mostHanging
  }

  add(item: Item): void {
    this.#waiting.push(item)
    if (!this.#isBusy) this.#goOn()
    else if (!this.#isGathering) this.#gather()
    if (!item.isAlone) item.deadline.limit.add(this)
  }

  /** Those whose time is up go. The time of all is looked at together, since most do not wait for long. */
  pass(limit: TimeLimit): void {
    this.#waiting = this.#waiting.filter(stays)
    let count = this.#waiting.length
    for (const { items } of this.#underWay) count += items.filter(stays).length
    if (count === 0) limit.end(this)
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
      const { next, rest } = this.#take(this.#waiting)
      this.#isBusy = next.length > 1
      this.#waiting = rest
      this.#nobody.runInAsyncScope(() => this.#begin(next))
    }
  }

  #begin(items: readonly Item[]): void {
    const statement = new Statement(items)
    this.#underWay.add(statement)
    this.#clock ??= setInterval(() => this.#look(), tick).unref()
    void this.#run(items).then(() => this.#end(statement))
  }

  #mayBegin(): boolean {
    if (this.#underWay.size - this.#hanging >= mostUnderWay) return false
    if (!this.#isBusy) return true
    for (const { ticks } of this.#underWay) if (ticks < ticksUntilSlow) return false
    return true
  }

  #end(statement: Statement<Item>): void {
    if (statement.hangs) this.#hanging--
    this.#underWay.delete(statement)
    this.#goOn()
  }

  #look(): void {
    if (this.#underWay.size === 0) {
      clearInterval(this.#clock)
      this.#clock = undefined
    }
    for (const statement of this.#underWay) {
      const isLong = ++statement.ticks >= ticksUntilHanging && !statement.hangs
      if (isLong && this.#hanging < this.#mostHanging) this.#hang(statement)
    }
    this.#goOn()
  }

  #hang(statement: Statement<Item>): void {
    statement.hangs = true
    this.#hanging++
  }
}

/** Counts one part of the time limit of an item that waits, and tells whether it goes on waiting. */
function stays(item: BatchItem): boolean {
  if (item.isAlone || item.isOver) return false
  if (!item.deadline.passes()) return true
  item.isOver = true
  item.expire()
  return false
}

/**
 * Takes those that have waited longest: `most` at the most, and if more than `fewest` wait, only as many as leave work for
 * the other statements. One statement for all would have the database wait for the process, and then the other way round.
 */
export function fairShare<Item>(fewest: number, most: number): Take<Item> {
  return (waiting) => {
    const count = Math.min(most, Math.max(fewest, Math.ceil(waiting.length / mostUnderWay)))
    return waiting.length <= count
      ? { next: waiting, rest: [] }
      : { next: waiting.slice(0, count), rest: waiting.slice(count) }
  }
}
