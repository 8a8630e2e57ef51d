import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'

/** The members that the message of every tracing channel has. One operation has one message object, from `start` to `asyncEnd`. */
export interface SessionTrace {
  /** The option `key` of the manager, which tells the managers of a process apart. */
  readonly key: string
  /** The error that the operation rejected with. Absent before the channel `error`, and if there is none. */
  readonly error?: unknown
}

/** The message of `tracing:koa-session-model:load`: the row of a request's session is read. */
export interface LoadTrace extends SessionTrace {
  /** The name of the session in logs, as in events. The id may open none. */
  readonly session: string
  /** Whether the id opened a session. Absent before `asyncEnd`, and if the operation failed. */
  found?: boolean
}

/** The message of `tracing:koa-session-model:commit`: a session is stored, changed or ended. */
export interface CommitTrace extends SessionTrace {
  /** The name of the session in logs, as in events. For `rotated` it is the one before. */
  readonly session: string
  /**
   * The result: `written`; `destroyed` if the session was ended; `gone` if there was no session any more. Absent before
   * `asyncEnd`, and if the operation failed.
   */
  outcome?: 'written' | 'destroyed' | 'gone'
}

/** The message of `tracing:koa-session-model:cleanup`: expired rows are removed. */
export interface CleanupTrace extends SessionTrace {
  /** The number of removed rows, even if the operation failed after some. Absent before `asyncEnd`. */
  removed?: number
}

/**
 * The messages of the tracing channels `koa-session-model:<name>` of `node:diagnostics_channel`, by name. None contains an id,
 * data or the value of a column.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import type { SessionTraces } from 'koa-session-model'
 *
 * subscribe('tracing:koa-session-model:load:asyncEnd', (message) => {
 *   const { key, found } = message as SessionTraces['load']
 *   console.log(key, found)
 * })
 * ```
 */
export interface SessionTraces {
  load: LoadTrace
  commit: CommitTrace
  cleanup: CleanupTrace
}

/** The tracing channel of each operation. They are shared by all managers of the process. */
const channels: Readonly<Record<keyof SessionTraces, TracingChannel<unknown, object>>> = {
  load: tracingChannel('koa-session-model:load'),
  commit: tracingChannel('koa-session-model:commit'),
  cleanup: tracingChannel('koa-session-model:cleanup'),
}

/** Whether the operation has subscribers. Ask first: tracing costs some microseconds. */
export function isTraced(name: keyof SessionTraces): boolean {
  return channels[name].hasSubscribers
}

/** Runs `work` and publishes its begin, end and error. `work` adds to the message what is known at its end. */
export async function trace<Name extends keyof SessionTraces, T>(
  name: Name,
  message: SessionTraces[Name],
  work: (message: SessionTraces[Name]) => Promise<T>,
): Promise<T> {
  let result: T | undefined
  // Node.js publishes what the traced function resolves to. It must be nothing: the result may have an id.
  await channels[name].tracePromise(async () => {
    result = await work(message)
  }, message)
  return result as T
}
