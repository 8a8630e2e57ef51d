import { AsyncLocalStorage } from 'node:async_hooks'
import { SessionError } from '../core/errors.js'

/** The default of the longest wait for a transaction, in milliseconds: SQLite's usual timeout for a lock. */
export const usualWait = 5000

/** A session write or a transaction that waits at the gate. */
interface Waiter {
  readonly writes: boolean
  readonly go: () => void
  readonly refuse: (reason: SessionError) => void
  timer?: NodeJS.Timeout
}

/** A session write that is running. */
interface Running {
  isOver: boolean
}

/**
 * Keeps session writes and transactions of the application apart if both use the only connection of a database. Otherwise
 * the rollback of a transaction would undo what any session has stored meanwhile.
 *
 * Waiters go in order of arrival. A write waits until no transaction is open; after the longest wait (default 5000
 * milliseconds) it is refused with `TRANSACTION_OPEN`. A transaction waits until no write is running and no other
 * transaction is beginning; after the longest wait it goes on. A transaction that starts inside an open one is nested in
 * it, and does not wait. Code that runs within a write belongs to the write, and does not wait either.
 *
 * While a transaction begins or ends, the gate cannot be sure whether it is open: the statement may fail without a notice.
 * If no other notice comes for the longest wait, the gate takes it for closed.
 */
export class TransactionGate {
  readonly #longestWait: number
  readonly #running = new AsyncLocalStorage<Running>()
  readonly #waiting: Waiter[] = []
  /** The number of writes that are running. */
  #writes = 0
  /** The number of open transactions, one nested in the other. */
  #depth = 0
  #isBeginning = false
  /** The number of ends that were announced and not yet confirmed. */
  #endings = 0
  /** The number of notices about transactions so far. */
  #notices = 0

  constructor(longestWait = usualWait) {
    this.#longestWait = longestWait
  }

  /**
   * Runs a session write while no transaction is open.
   * @param hasListeners Whether listeners of the application may run within it, so that their own writes must be recognized. If
   * not, the write needs no `AsyncLocalStorage`, which slows down each promise of the process before Node.js 24.
   */
  async write<T>(work: () => Promise<T>, hasListeners = true): Promise<T> {
    if (this.#isWithinWrite) return work()
    if (this.#isBusy || this.#waiting.length > 0) await this.#wait(true)
    else this.#writes++
    try {
      return await (hasListeners ? this.#follow(work) : work())
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

  /** Announces a transaction. It must wait for the promise, if one is returned. */
  willBegin(): Promise<void> | undefined {
    if (this.#depth > 0) return undefined
    const isFirst = this.#isWithinWrite || (this.#writes === 0 && this.#waiting.length === 0)
    if (this.#isBeginning || !isFirst) return this.#wait(false)
    this.#begin()
    return undefined
  }

  /** Reports that a transaction has begun. */
  didBegin(): void {
    this.#depth++
    this.#isBeginning = false
    this.#notices++
  }

  /** Announces the end of a transaction. {@link didEnd} may never follow. */
  willEnd(): void {
    if (this.#depth > 0) this.#endings++
    this.#isBeginning = false
    this.#notice()
  }

  /** Reports that the announced end has taken place. */
  didEnd(): void {
    this.#endings = Math.max(0, this.#endings - 1)
    this.didEndUnannounced()
  }

  /** Reports the end of a transaction that was not announced. */
  didEndUnannounced(): void {
    this.#depth = Math.max(0, this.#depth - 1)
    if (this.#depth === 0) this.#endings = 0
    this.#notice()
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
    this.#notices++
  }

  #notice(): void {
    this.#notices++
    this.#advance()
  }

  #reset(): void {
    this.#isBeginning = false
    this.#depth = this.#endings = 0
    this.#notice()
  }

  #wait(writes: boolean): Promise<void> {
    return new Promise((go, refuse) => {
      const waiter: Waiter = { writes, go, refuse }
      this.#waiting.push(waiter)
      this.#limit(waiter)
    })
  }

  #limit(waiter: Waiter): void {
    const notices = this.#notices
    waiter.timer = setTimeout(() => {
      if (!this.#isUnsure) return this.#giveUp(waiter)
      if (notices === this.#notices) this.#reset()
      if (this.#waiting.includes(waiter)) this.#limit(waiter)
    }, this.#longestWait)
  }

  /** Ends the wait: refuses a write while a transaction is open, and lets anything else go on. */
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

/** The error for a session that has waited too long for a transaction on the only connection. */
export function transactionOpen(): SessionError {
  return new SessionError(
    'TRANSACTION_OPEN',
    'A transaction of the application stayed open on the only connection, which the sessions use too, so the session could not be ' +
      'stored or read. Call save() before or after the transaction, or give the sessions a data source with a file or a pool of its own.',
  )
}
