import type { BackendCall, BackendFailure } from '../core/backend/session-backend.js'
import { failureBeforeSending, isHarmless } from './failures.js'

/** The meaning of each error that a call of a backend rejected with. */
const failures = new WeakMap<object, BackendFailure>()

/** The meaning that {@link Attempt.judge} has found for this error, if it has seen it. */
export function judgedFailure(error: unknown): BackendFailure | undefined {
  return typeof error === 'object' && error !== null ? failures.get(error) : undefined
}

/** The errors that came from the database, or from its driver. */
const ofDatabase = new WeakSet<object>()

/** Whether {@link Attempt.judge} took this for an error of the database, not for one of other code that ran with it. */
export function isOfDatabase(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ofDatabase.has(error)
}

/**
 * One call of a backend, and how far its statements have got. Hooks, subscribers and validators of the application run
 * among them: an error of theirs says nothing about the session.
 */
export class Attempt {
  readonly #call: BackendCall | undefined
  /** What stands before each of its statements: a comment and a blank, or nothing. */
  readonly comment: string
  /** The driver's connection that all statements run on now; `undefined` if each may have another one. Used by Sequelize. */
  connection: object | undefined
  #hasSent = false
  #hasWritten = false

  constructor(call?: BackendCall, comment = '') {
    this.#call = call
    this.comment = comment
  }

  /** Reports that the call waits for a connection from now on. `abandon` is called when the time limit passes. */
  waits(abandon?: () => void): void {
    this.#call?.waitsFor('connection', abandon)
  }

  /** Reports that a statement is sent, and that the call waits for its answer. Throws if the time limit has passed. */
  sends(abandon?: () => void): void {
    if (this.#call?.isOver) throw new Error('The time limit of this call of the session database has passed.')
    this.#hasSent = true
    this.#call?.waitsFor('answer', abandon)
  }

  /** Reports that the database has answered a statement that writes. */
  written(): void {
    this.#hasWritten = true
  }

  /**
   * Records what an error means for the whole call, and returns it.
   * @param failure What the error means for its statement; `undefined` if it came from no statement of this call.
   */
  judge(error: unknown, failure?: BackendFailure): BackendFailure {
    const known = judgedFailure(error)
    if (known) return known
    const judged = this.#ofCall(failure ?? 'failed')
    if (typeof error === 'object' && error !== null) {
      failures.set(error, judged)
      if (failure) ofDatabase.add(error)
    }
    return judged
  }

  /** Whether a statement of this call has been sent. */
  get hasSent(): boolean {
    return this.#hasSent
  }

  /** The meaning for the whole call. After an earlier statement has written, "nothing was written" is no longer certain. */
  #ofCall(failure: BackendFailure): BackendFailure {
    if (!this.#hasSent) return failureBeforeSending(failure)
    return this.#hasWritten && isHarmless(failure) ? 'uncertain' : failure
  }
}
