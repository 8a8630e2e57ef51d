import type { Deadline, TimeLimit, Wait } from '../concurrency/deadline.js'
import { type Patience, pause, usual } from '../concurrency/retry.js'
import { SessionError, type SessionErrorCode } from '../errors.js'
import type { Events } from '../events.js'
import { redact } from './redact.js'
import type { BackendCall, BackendFailure, BackendWait, SessionBackend } from './session-backend.js'

/** What is asked of the backend. */
export type Question<T> = (backend: SessionBackend, call: BackendCall) => Promise<T>

/** How often a question is asked again, by what became of it. */
const patience: Readonly<Record<BackendFailure, Patience>> = {
  conflict: usual,
  // A lock was waited for already.
  timeout: { attempts: 2, longestPause: 64 },
  // Another connection may lead to another server; one that starts needs some time.
  unavailable: { attempts: 6, longestPause: 400 },
  uncertain: { attempts: 6, longestPause: 400 },
  failed: { attempts: 1, longestPause: 0 },
}

const codes: Readonly<Record<BackendFailure, SessionErrorCode>> = {
  conflict: 'CONFLICT',
  timeout: 'BACKEND_TIMEOUT',
  unavailable: 'BACKEND_FAILED',
  uncertain: 'BACKEND_FAILED',
  failed: 'BACKEND_FAILED',
}

const messages: Readonly<Record<BackendFailure, string>> = {
  conflict:
    'The session database answered again and again that other transactions were in the way; see the cause. Nothing was stored: repeat the request.',
  timeout:
    'The session database gave up waiting for a lock or a connection; see the cause. Nothing was stored. ' +
    'Look for a transaction that holds rows of the session table for long, and for a pool that is too small.',
  unavailable:
    'The session database takes no statements, or no writes, at the moment; see the cause. Nothing was stored. ' +
    'Check that the server runs, that its address is that of the primary, and that it allows enough connections.',
  uncertain:
    'The connection to the session database was lost before it had answered; see the cause. ' +
    'What was sent may have been stored, or not: repeat the request.',
  failed:
    'The session database did not answer as it should; see the cause. Check the connection, and that the table exists with all columns.',
}

/** A failure of the database, as core tells of it, and whether the statement may have been executed all the same. */
export class BackendError extends SessionError {
  readonly failure: BackendFailure

  constructor(failure: BackendFailure, cause: unknown) {
    super(codes[failure], messages[failure], { cause })
    this.failure = failure
  }
}

/** Whether nobody knows if the statement was executed. */
export function isUncertain(error: unknown): boolean {
  return error instanceof BackendError && error.failure === 'uncertain'
}

/** Whether the database took no such statement, however often it was asked. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof BackendError && error.failure === 'unavailable'
}

/** An error of its own for each request that met this one: a web framework may write to it. */
export function ownCopy(error: unknown): unknown {
  if (error instanceof BackendError) return new BackendError(error.failure, error.cause)
  return error instanceof SessionError ? new SessionError(error.code, error.message, { cause: error.cause }) : error
}

/** Whether the failure says nothing about what was asked: the next request may succeed. */
export function isTransient(error: unknown): boolean {
  if (error instanceof BackendError) return error.failure !== 'failed'
  return error instanceof SessionError && (error.code === 'BACKEND_TIMEOUT' || error.code === 'CONFLICT')
}

/**
 * Asks the backend, within the time limit. A question that was answered with "try again" is asked again, with pauses; one
 * whose answer was lost only where asking twice does no harm. A failure becomes a `SessionError` and an event.
 */
export class BackendClient {
  readonly #backend: SessionBackend
  readonly #events: Events
  /** The errors that no event has told of. */
  readonly #untold = new WeakSet<object>()

  constructor(backend: SessionBackend, events: Events) {
    this.#backend = backend
    this.#events = events
  }

  /** Asks for what changes nothing, or does no harm when it is done twice, such as a deletion. */
  async askSafely<T>(question: Question<T>, deadline: Deadline): Promise<T> {
    return this.#ask(question, deadline, true)
  }

  /**
   * Asks for a write, which must not be done twice. Rejects with an error that {@link isUncertain} where the answer was lost.
   * With `isQuiet`, no event tells of a failure until it is {@link told}.
   */
  async ask<T>(question: Question<T>, deadline: Deadline, isQuiet = false): Promise<T> {
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

  /** Asks again as long as that may help; else rejects with what the last failure means. */
  async #askAgain<T>(question: Question<T>, deadline: Deadline, isSafe: boolean, first: unknown): Promise<T> {
    let cause = first
    for (let made = 1; ; made++) {
      const failure = this.#failureOf(cause)
      const { attempts, longestPause } = patience[failure]
      if (made >= attempts || (failure === 'uncertain' && !isSafe)) throw explain(cause, failure)
      await pause(made, longestPause, deadline, cause)
      try {
        return await this.#call(question, deadline)
      } catch (error) {
        cause = error
      }
    }
  }

  /** Settles with the answer, or rejects when the time is up. */
  #call<T>(question: Question<T>, deadline: Deadline): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = new Call(deadline, resolve, reject)
      if (deadline.isOver) call.expire()
      else call.begin(() => question(this.#backend, call))
    })
  }

  #failureOf(error: unknown): BackendFailure {
    if (error instanceof SessionError) return 'failed'
    return this.#backend.failureOf?.(error) ?? 'failed'
  }

  /** Tells of a failure of the database by an event, once, and gives the error back. */
  told(error: unknown): unknown {
    if (this.#untold.delete(error as object)) this.#events.emit('error', null, { error })
    return error
  }
}

/** What a backend has refused for a reason of its own is no failure of the database. */
function isFailure(error: unknown): error is SessionError {
  return error instanceof BackendError || (error instanceof SessionError && error.code === 'BACKEND_TIMEOUT')
}

function explain(cause: unknown, failure: BackendFailure): unknown {
  if (cause instanceof SessionError) return cause
  return new BackendError(failure, cause)
}

const waits: Readonly<Record<BackendWait, string>> = {
  connection: 'a free connection of the pool',
  answer: "the database's answer to a statement",
}

/** One call of the backend, under its time limit. */
class Call<T> implements BackendCall, Wait {
  readonly #deadline: Deadline
  readonly #resolve: (answer: T) => void
  readonly #reject: (error: unknown) => void
  #what: string = waits.answer
  #abandon: (() => void) | undefined
  isOver = false

  constructor(deadline: Deadline, resolve: (answer: T) => void, reject: (error: unknown) => void) {
    this.#deadline = deadline
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Asks, and settles with the answer. */
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
    this.#reject(this.#deadline.limit.error(this.#what))
    try {
      this.#abandon?.()
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}
