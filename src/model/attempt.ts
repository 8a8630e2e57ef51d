import type { BackendCall, BackendFailure } from '../core/backend/session-backend.js'
import { failureBeforeSending, isHarmless } from './failures.js'

/** What the errors mean that calls of backends rejected with. */
const failures = new WeakMap<object, BackendFailure>()

/** The meaning that {@link Attempt.judge} has found for this error, if it has seen it. */
export function judgedFailure(error: unknown): BackendFailure | undefined {
  return typeof error === 'object' && error !== null ? failures.get(error) : undefined
}

/** The errors that came from the database, or from its driver. */
const ofDatabase = new WeakSet<object>()

/** Whether {@link Attempt.judge} was told that this is an error of the database, and not of other code that ran with it. */
export function isOfDatabase(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ofDatabase.has(error)
}

/**
 * One call of a backend, and how far its statements have got. Code of the application runs among them, in hooks,
 * subscribers and validators: what fails there tells nothing about the session.
 */
export class Attempt {
  readonly #call: BackendCall | undefined
  #hasSent = false
  #hasWritten = false

  constructor(call?: BackendCall) {
    this.#call = call
  }

  /** Waits for a connection from now on. */
  waits(abandon?: () => void): void {
    this.#call?.waitsFor('connection', abandon)
  }

  /** Throws if nobody waits for the answer any more. Else the answer is waited for from now on. */
  sends(abandon?: () => void): void {
    if (this.#call?.isOver) throw new Error('The time limit of this call of the session database has passed.')
    this.#hasSent = true
    this.#call?.waitsFor('answer', abandon)
  }

  /** A statement that writes has been answered. */
  written(): void {
    this.#hasWritten = true
  }

  /**
   * Notes what an error means for the whole call. `failure` is what it means for the statement that it came from; without
   * one, it came from no statement of this call.
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

  /** Where one statement has written, nobody can say of a later one that nothing was written. */
  #ofCall(failure: BackendFailure): BackendFailure {
    if (!this.#hasSent) return failureBeforeSending(failure)
    return this.#hasWritten && isHarmless(failure) ? 'uncertain' : failure
  }
}
