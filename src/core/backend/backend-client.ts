import type { Deadline, TimeLimit, Wait } from '../concurrency/deadline.js'
import { type Patience, pause, usual } from '../concurrency/retry.js'
import { type FailureBefore, SessionError } from '../errors.js'
import type { Events } from '../events.js'
import { BackendError } from './backend-error.js'
import { redact } from './redact.js'
import type { BackendCall, BackendFailure, BackendWait, SessionBackend } from './session-backend.js'

/** A call of the backend that can be repeated. */
export type Question<T> = (backend: SessionBackend, call: BackendCall) => Promise<T>

/** The number of attempts, by the kind of failure. */
const patience: Readonly<Record<BackendFailure, Patience>> = {
  conflict: usual,
  // The statement has waited for a lock already.
  timeout: { attempts: 2, longestPause: 64 },
  // Another connection may lead to another server; a server that is starting needs some time.
  unavailable: { attempts: 6, longestPause: 400 },
  uncertain: { attempts: 6, longestPause: 400 },
  failed: { attempts: 1, longestPause: 0 },
}

/**
 * Asks the backend, within the time limit. A question that met a temporary failure is asked again, with pauses; one whose
 * answer was lost only if asking twice does no harm. A failure becomes a `SessionError` and an event.
 */
export class BackendClient {
  readonly #backend: SessionBackend
  readonly #events: Events
  /** The errors that no event has reported yet. */
  readonly #untold = new WeakSet<object>()

  constructor(backend: SessionBackend, events: Events) {
    this.#backend = backend
    this.#events = events
  }

  /** Asks a question that may be executed twice without harm, such as a read or a deletion. */
  askSafely<T>(question: Question<T>, deadline: Deadline): Promise<T> {
    return this.#ask(question, deadline, true)
  }

  /**
   * Asks for a write, which must not be executed twice. Rejects with an error that {@link isUncertain} if the answer was
   * lost. With `isQuiet`, no event reports a failure until {@link told} is called.
   */
  ask<T>(question: Question<T>, deadline: Deadline, isQuiet = false): Promise<T> {
    return this.#ask(question, deadline, false, isQuiet)
  }

  async #ask<T>(question: Question<T>, deadline: Deadline, isSafe: boolean, isQuiet = false): Promise<T> {
    try {
      return await this.#call(question, deadline)
    } catch (cause) {
      return await this.#askAgain(question, deadline, isSafe, cause).catch((error: unknown) => {
        redact(error)
        if (isFailure(error)) this.#untold.add(error)
        throw isQuiet ? error : this.told(error)
      })
    }
  }

  /** Asks again as long as that may help; else rejects with the last failure, explained. */
  async #askAgain<T>(question: Question<T>, deadline: Deadline, isSafe: boolean, first: unknown): Promise<T> {
    let cause = first
    for (let made = 1; ; made++) {
      const failure = this.#failureOf(cause)
      const { attempts, longestPause } = patience[failure]
      if (made >= attempts || (failure === 'uncertain' && !isSafe)) throw this.#explained(cause, failure)
      const former = this.#formerFailure(cause)
      await pause(made, longestPause, deadline, former)
      try {
        return await this.#call(question, deadline, former)
      } catch (error) {
        cause = error
      }
    }
  }

  /** Settles with the answer, or rejects when the time limit passes. */
  #call<T>(question: Question<T>, deadline: Deadline, former?: FailureBefore): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = new Call(deadline, resolve, reject, former)
      if (deadline.isOver) call.expire()
      else call.begin(() => question(this.#backend, call))
    })
  }

  #failureOf(error: unknown): BackendFailure {
    if (error instanceof SessionError) return 'failed'
    return this.#backend.failureOf?.(error) ?? 'failed'
  }

  #formerFailure(cause: unknown): FailureBefore {
    return { cause, reason: () => this.#backend.explain?.(cause) }
  }

  #explained(cause: unknown, failure: BackendFailure): unknown {
    return cause instanceof SessionError ? cause : new BackendError(failure, cause, this.#backend.explain?.(cause))
  }

  /** Reports a failure of the database by an event, once, and returns the error. */
  told(error: unknown): unknown {
    if (this.#untold.delete(error as object)) this.#events.emit('error', null, { error })
    return error
  }
}

/** Whether the error is a failure of the database, and not a refusal by the backend itself. */
function isFailure(error: unknown): error is SessionError {
  return error instanceof BackendError || (error instanceof SessionError && error.code === 'BACKEND_TIMEOUT')
}

const waits: Readonly<Record<BackendWait, string>> = {
  connection: 'a free connection of the pool',
  answer: "the database's answer to a statement",
}

/** One call of the backend, with its time limit. */
class Call<T> implements BackendCall, Wait {
  readonly #deadline: Deadline
  readonly #resolve: (answer: T) => void
  readonly #reject: (error: unknown) => void
  readonly #former: FailureBefore | undefined
  #what: string = waits.answer
  #abandon: (() => void) | undefined
  isOver = false

  constructor(
    deadline: Deadline,
    resolve: (answer: T) => void,
    reject: (error: unknown) => void,
    former: FailureBefore | undefined,
  ) {
    this.#deadline = deadline
    this.#resolve = resolve
    this.#reject = reject
    this.#former = former
  }

  /** Asks and settles with the answer. */
  async begin(ask: () => Promise<T>): Promise<void> {
    const { limit } = this.#deadline
    limit.add(this)
    try {
      this.#resolve(await ask())
    } catch (error) {
      this.#reject(error)
    } finally {
      limit.end(this)
    }
  }

  waitsFor(what: BackendWait, abandon?: () => void): void {
    this.#what = waits[what]
    this.#abandon = abandon
  }

  pass(limit: TimeLimit): void {
    if (!this.#deadline.passes()) return
    limit.end(this)
    this.expire()
  }

  expire(): void {
    this.isOver = true
    this.#reject(this.#deadline.limit.error(this.#what, this.#former))
    try {
      this.#abandon?.()
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}
