/**
 * The meaning of a failure of the database, which decides whether core sends the statement again:
 * - `conflict`: nothing was written because other transactions were in the way (a deadlock, a serialization failure). A
 *   repetition may succeed at once.
 * - `timeout`: nothing was written because the database or the pool gave up waiting for a lock or a connection.
 * - `unavailable`: nothing was written because there was no connection, or because the database takes no statements or no
 *   writes for some seconds (it is starting, or read-only after a failover).
 * - `uncertain`: the connection was lost after the statement was sent, so it is unknown whether it was executed.
 * - `failed`: any other failure. A repetition would not help.
 */
export type BackendFailure = 'conflict' | 'timeout' | 'unavailable' | 'uncertain' | 'failed'

/**
 * The reason of a failure, in sentences for the message of the error. Messages are logged, so the sentences must not contain
 * an id, data or any other value of the statement.
 */
export interface FailureReason {
  /** The problem, such as `The table web_sessions does not exist (42P01).` */
  readonly problem: string
  /** The way to fix it. */
  readonly fix: string
}

/** The thing that a backend waits for: a free connection of the pool, or the answer to a statement that was sent. */
export type BackendWait = 'connection' | 'answer'

/** One call of a method of a backend, with its time limit. */
export interface BackendCall {
  /** Whether the time limit has passed: then the answer is not awaited any more, and the backend must not send anything. */
  readonly isOver: boolean
  /**
   * Reports what the backend waits for from now on.
   *
   * @param what The error `BACKEND_TIMEOUT` names it.
   * @param abandon Is called once when the time limit passes. It gives up the connection, so that a statement that hangs does
   * not keep it.
   */
  waitsFor(what: BackendWait, abandon?: () => void): void
}
