import { AsyncResource } from 'node:async_hooks'
import { setImmediate } from 'node:timers'
import type { Deadline, TimeLimit, Wait } from './deadline.js'

/** The most statements that run at a time. Under low load, with fewer running, a new item is sent at once. */
const mostUnderWay = 2
/** The interval at which running statements are checked, in milliseconds. A busy process checks less often. */
const tick = 10
/**
 * Under high load the next statement waits for the running one, so that fewer statements carry more items each, which
 * costs the database and the process less. After this many ticks it does not wait any longer.
 */
const ticksUntilSlow = 2
/** After this many ticks, about a second, a statement counts as hanging: the others go on without it. */
const ticksUntilHanging = 100

class Run<Item> {
  readonly items: readonly Item[]
  /** The number of ticks since it was sent. */
  ticks = 0
  hangs = false

  constructor(items: readonly Item[]) {
    this.items = items
  }
}

/** An item that waits for its statement until its deadline, alone or in a batch. */
export interface BatchItem {
  readonly deadline: Deadline
  /** Whether it has left the batch: it has its answer, or a statement of its own, which the time limit applies to then. */
  isAlone: boolean
  /** Whether its time limit has passed. */
  isOver: boolean
  /** Called when its time limit passes. */
  expire(): void
}

/** Splits the waiting items into those for the next statement and the rest. */
export type Take<Item> = (waiting: Item[]) => { readonly next: readonly Item[]; readonly rest: Item[] }

/**
 * Handles many items with few statements: the first item is sent at once, and items that arrive while statements are
 * running go together in the next one.
 */
export class Batcher<Item extends BatchItem> implements Wait {
  readonly #take: Take<Item>
  readonly #run: (items: readonly Item[]) => Promise<void>
  readonly #mostHanging: number
  #waiting: Item[] = []
  readonly #underWay = new Set<Run<Item>>()
  /** How many of them hang. */
  #hanging = 0
  /** One timer for all statements: most of them end soon. */
  #clock: NodeJS.Timeout | undefined
  /**
   * Whether the last statement had several items. Then the next one is sent at the end of a turn of the event loop, with all
   * items that arrive in it: answers of other statements, and requests, come in the same turn.
   */
  #isBusy = false
  #isGathering = false
  /** The asynchronous context of statements. They serve several requests, so tracing must not attribute them to one of these. */
  readonly #nobody = new AsyncResource('koa-session-model.batch')

  /**
   * `run` never rejects. Up to `mostHanging` statements that hang do not hold up the others; more do, so that they do not
   * take every connection of the pool.
   */
  constructor(take: Take<Item>, run: (items: readonly Item[]) => Promise<void>, mostHanging: number) {
    this.#take = take
    this.#run = run
    this.#mostHanging = mostHanging
  }

  add(item: Item): void {
    this.#waiting.push(item)
    this.#goOnSoon()
    if (!item.isAlone) item.deadline.limit.add(this)
  }

  /** Drops the items whose time limit has passed. All items are checked together, since most wait only briefly. */
  pass(limit: TimeLimit): void {
    this.#waiting = this.#waiting.filter(stays)
    let count = this.#waiting.length
    for (const { items } of this.#underWay) count += items.filter(stays).length
    if (count === 0) limit.end(this)
  }

  /** Goes on at once; under high load, at the end of the turn. */
  #goOnSoon(): void {
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
      const { next, rest } = this.#take(this.#waiting)
      this.#isBusy = next.length > 1
      this.#waiting = rest
      this.#nobody.runInAsyncScope(() => this.#begin(next))
    }
  }

  #begin(items: readonly Item[]): void {
    const run = new Run(items)
    this.#underWay.add(run)
    this.#clock ??= setInterval(() => this.#look(), tick).unref()
    void this.#run(items).then(() => this.#end(run))
  }

  #mayBegin(): boolean {
    if (this.#underWay.size - this.#hanging >= mostUnderWay) return false
    if (!this.#isBusy) return true
    for (const { ticks } of this.#underWay) if (ticks < ticksUntilSlow) return false
    return true
  }

  #end(run: Run<Item>): void {
    if (run.hangs) this.#hanging--
    this.#underWay.delete(run)
    this.#goOnSoon()
  }

  #look(): void {
    if (this.#underWay.size === 0) {
      clearInterval(this.#clock)
      this.#clock = undefined
    }
    for (const run of this.#underWay) {
      const isLong = ++run.ticks >= ticksUntilHanging && !run.hangs
      if (isLong && this.#hanging < this.#mostHanging) this.#hang(run)
    }
    this.#goOn()
  }

  #hang(run: Run<Item>): void {
    run.hangs = true
    this.#hanging++
  }
}

/** Counts one part of an item's time limit. Returns whether the item goes on waiting. */
function stays(item: BatchItem): boolean {
  if (item.isAlone || item.isOver) return false
  if (!item.deadline.passes()) return true
  item.isOver = true
  item.expire()
  return false
}

/**
 * Takes the items that have waited longest, at most `most`. If more than `fewest` wait, it leaves a share for the other
 * statements: with a single statement for all items the database and the process would take turns being idle.
 */
export function fairShare<Item>(fewest: number, most: number): Take<Item> {
  return (waiting) => {
    const count = Math.min(most, Math.max(fewest, Math.ceil(waiting.length / mostUnderWay)))
    return waiting.length <= count
      ? { next: waiting, rest: [] }
      : { next: waiting.slice(0, count), rest: waiting.slice(count) }
  }
}
