import { AsyncLocalStorage } from 'node:async_hooks'
import { SessionError } from '../core/errors.js'

/** As long as SQLite usually waits for a lock, in milliseconds. */
const usualWait = 5000

/** Somebody who waits, to write or to begin a transaction. */
interface Waiter {
  readonly writes: boolean
  readonly go: () => void
  readonly refuse: (reason: SessionError) => void
  timer?: NodeJS.Timeout
}

/** A write that runs. */
interface Running {
  isOver: boolean
}

/**
 * Keeps session writes and transactions of the application apart, where both use one connection of a database: else the
 * rollback of a transaction would take back what any session has stored meanwhile.
 *
 * Those who wait go in the order of their arrival. A write waits until no transaction is open; after the longest wait
 * (default 5000 milliseconds) it is refused with `TRANSACTION_OPEN`. A transaction waits until no write is under way and
 * no other transaction begins; after the longest wait it goes on. One that starts while another is open is nested in it,
 * and does not wait. What starts or writes within a write belongs to it, and does not wait either.
 *
 * Whether a transaction is open is not sure while it begins or ends: the statement may fail, and nobody tells. Where
 * nothing more is heard for the longest wait, none is.
 */
export class TransactionGate {
  readonly #longestWait: number
  readonly #running = new AsyncLocalStorage<Running>()
  readonly #waiting: Waiter[] = []
  /** How many writes are under way. */
  #writes = 0
  /** How many transactions are open within each other. */
  #depth = 0
  #isBeginning = false
  /** How many ends were tried and have not taken place. */
  #endings = 0
  /** Grows with everything that is heard of transactions. */
  #news = 0

  constructor(longestWait = usualWait) {
    this.#longestWait = longestWait
  }

  /**
   * Runs a write of sessions while no transaction is open. `isHeard` tells whether code of the application may be called
   * within it. If not, nothing follows the write through its calls: before Node.js 24 that makes each promise of the
   * process slower.
   */
  async write<T>(work: () => Promise<T>, isHeard = true): Promise<T> {
    if (this.#isWithinWrite) return work()
    if (this.#isBusy || this.#waiting.length > 0) await this.#wait(true)
    else this.#writes++
    try {
      return await (isHeard ? this.#follow(work) : work())
    } finally {
      this.#writes--
      this.#advance()
    }
  }

  async #follow<T>(work: () => Promise<T>): Promise<T> {
    const running: Running = { isOver: false }
    try {
      return await this.#running.run(running, work)
    } finally {
      running.isOver = true
    }
  }

  /** Before a transaction begins: it has to wait for what is returned, if anything is. */
  begins(): Promise<void> | undefined {
    if (this.#depth > 0) return undefined
    const isFirst = this.#isWithinWrite || (this.#writes === 0 && this.#waiting.length === 0)
    if (this.#isBeginning || !isFirst) return this.#wait(false)
    this.#begin()
    return undefined
  }

  /** A transaction has begun. */
  begun(): void {
    this.#depth++
    this.#isBeginning = false
    this.#news++
  }

  /** Before a transaction ends, where it may be that no {@link ended} follows. */
  ending(): void {
    if (this.#depth > 0) this.#endings++
    this.#isBeginning = false
    this.#hear()
  }

  /** The end that was tried has taken place. */
  ended(): void {
    this.#endings = Math.max(0, this.#endings - 1)
    this.committed()
  }

  /** A transaction has ended, and it was not announced. */
  committed(): void {
    this.#depth = Math.max(0, this.#depth - 1)
    if (this.#depth === 0) this.#endings = 0
    this.#hear()
  }

  get #isWithinWrite(): boolean {
    return this.#running.getStore()?.isOver === false
  }

  get #isBusy(): boolean {
    return this.#isBeginning || this.#depth > 0
  }

  get #isUnsure(): boolean {
    return this.#isBeginning || this.#endings > 0
  }

  #begin(): void {
    this.#isBeginning = true
    this.#news++
  }

  #hear(): void {
    this.#news++
    this.#advance()
  }

  #reset(): void {
    this.#isBeginning = false
    this.#depth = this.#endings = 0
    this.#hear()
  }

  #wait(writes: boolean): Promise<void> {
    return new Promise((go, refuse) => {
      const waiter: Waiter = { writes, go, refuse }
      this.#waiting.push(waiter)
      this.#limit(waiter)
    })
  }

  #limit(waiter: Waiter): void {
    const news = this.#news
    waiter.timer = setTimeout(() => {
      if (!this.#isUnsure) return this.#giveUp(waiter)
      if (news === this.#news) this.#reset()
      if (this.#waiting.includes(waiter)) this.#limit(waiter)
    }, this.#longestWait)
  }

  /** A write is refused while a transaction is open. Whoever waits for something else waits no longer. */
  #giveUp(waiter: Waiter): void {
    if (waiter.writes && this.#depth > 0) {
      this.#remove(waiter)
      waiter.refuse(transactionOpen())
    } else {
      this.#release(waiter)
    }
  }

  #advance(): void {
    for (;;) {
      const [first] = this.#waiting
      if (!first || this.#isBusy || (!first.writes && this.#writes > 0)) return
      this.#release(first)
    }
  }

  #release(waiter: Waiter): void {
    this.#remove(waiter)
    if (waiter.writes) this.#writes++
    else if (this.#depth === 0) this.#begin()
    waiter.go()
  }

  #remove(waiter: Waiter): void {
    clearTimeout(waiter.timer)
    this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
  }
}

function transactionOpen(): SessionError {
  return new SessionError(
    'TRANSACTION_OPEN',
    'A transaction of the application stayed open on the connection that the sessions use too, so the session could not be stored. ' +
      'Call save() before or after the transaction, or give the sessions a data source with a file of its own.',
  )
}
