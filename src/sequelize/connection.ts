import type { Sequelize } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { cancelStatement } from '../model/cancel.js'
import { spoilsConnection } from '../model/failures.js'
import { failureOfSequelize } from './failures.js'

/** Under this key the options of a statement have the call of the backend that it is for. Sequelize hands them on. */
export const attemptKey: unique symbol = Symbol.for('koa-session-model.attempt') as never

/** Under this key an instance tells that its statements are watched. */
const watchedKey: unique symbol = Symbol.for('koa-session-model.watched') as never

/** What hooks get of a statement: the options. */
interface StatementOptions {
  readonly type?: string
  readonly [attemptKey]?: Attempt
}

/** One statement of Sequelize, on a connection of its pool. `run` sends it. */
interface Statement {
  readonly connection: DriverConnection
  run(...args: unknown[]): Promise<unknown>
}

/** What is used of a driver's connection. */
interface DriverConnection {
  /** Only the drivers for MySQL and MariaDB have it. */
  destroy?(): void
}

/** What is used of the one who makes connections. */
interface ConnectionManager {
  readonly pool: { destroy(connection: DriverConnection): Promise<void> | undefined }
  /** Those of SQLite: `default` is the one outside of transactions. */
  readonly connections?: Record<string, { readonly open?: boolean }>
  /** While the version of the database is asked for, on a connection of its own: everybody waits for that. */
  versionPromise?: Promise<unknown> | null
}

/** What is used of an instance, which Sequelize has no types for. */
interface Instance {
  readonly connectionManager: ConnectionManager
  addHook(name: 'beforeQuery', hook: (options: StatementOptions, statement: Statement) => void): void
  [watchedKey]?: boolean
}

/**
 * Lets the session statements of this instance tell the call that they are for how far they are. Each has a connection from
 * here on, and is about to be sent.
 */
export function watchStatements(sequelize: Sequelize): void {
  const instance = sequelize as unknown as Instance
  if (instance[watchedKey]) return
  Object.defineProperty(instance, watchedKey, { value: true })
  instance.addHook('beforeQuery', (options, statement) => {
    const attempt = options[attemptKey]
    if (!attempt) return
    const run = statement.run.bind(statement)
    const lease = new Lease(instance, statement.connection)
    Object.assign(statement, { run: (...args: unknown[]) => runFor(attempt, options, lease, () => run(...args)) })
  })
}

/** Lets Sequelize ask for the version of the database anew: an answer that never comes would block all connections. */
export function forgetVersion(sequelize: Sequelize): void {
  const { connectionManager } = sequelize as unknown as Instance
  if (connectionManager.versionPromise) connectionManager.versionPromise = null
}

/**
 * Lets Sequelize open the file of SQLite anew if it could not be opened: it keeps such a connection, on which statements wait
 * for good.
 */
export function forgetUnopened(sequelize: Sequelize): void {
  const { connections } = (sequelize as unknown as Instance).connectionManager
  if (connections?.default?.open === false) delete connections.default
}

async function runFor(
  attempt: Attempt,
  { type }: StatementOptions,
  lease: Lease,
  run: () => Promise<unknown>,
): Promise<unknown> {
  attempt.sends(() => lease.abandon())
  try {
    const answer = await run()
    if (type !== 'SELECT') attempt.written()
    return answer
  } catch (error) {
    const failure = failureOfSequelize(error)
    attempt.judge(error, failure)
    if (spoilsConnection(failure)) lease.spoil()
    throw error
  } finally {
    lease.end()
    attempt.waits()
  }
}

/** The connection of a pool that one statement has, until Sequelize puts it back. */
class Lease {
  readonly #instance: Instance
  readonly #connection: DriverConnection
  #isSpoilt = false
  #hasEnded = false

  constructor(instance: Instance, connection: DriverConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  /** Keeps the connection out of the pool. */
  spoil(): void {
    this.#isSpoilt = true
  }

  /** Gives the connection up, though the statement has no answer yet. */
  abandon(): void {
    if (this.#hasEnded) return
    this.#isSpoilt = true
    void cancelStatement(this.#connection).then(() => this.end())
  }

  end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (this.#isSpoilt) void this.#destroy()
  }

  /** What the pool does to end a connection waits for the statement on MySQL and MariaDB, unless it is closed before. */
  async #destroy(): Promise<void> {
    try {
      this.#connection.destroy?.()
      await this.#instance.connectionManager.pool.destroy(this.#connection)
    } catch {
      // It was lost already.
    }
  }
}
