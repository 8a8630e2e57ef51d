import type { Sequelize } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { cancelStatement } from '../model/cancel.js'
import { spoilsConnection } from '../model/failures.js'
import { failureOfSequelize } from './failures.js'

/** The key under which the options of a statement hold the backend's call that it is for. Sequelize passes them on. */
export const attemptKey: unique symbol = Symbol.for('koa-session-model.attempt') as never

/** The key that marks an instance whose statements are watched. */
const watchedKey: unique symbol = Symbol.for('koa-session-model.watched') as never

/** The options of a statement, as hooks get them. */
interface HookOptions {
  readonly type?: string
  readonly [attemptKey]?: Attempt
}

/** One statement on a connection of Sequelize's pool. `run` sends it. */
interface SentStatement {
  readonly connection: DriverConnection
  run(...args: unknown[]): Promise<unknown>
}

/** The members of a driver's connection that are used. */
interface DriverConnection {
  /** Closes the connection at once. Only the drivers for MySQL and MariaDB have it. */
  destroy?(): void
  /** The driver `mariadb` tells of its connection. */
  readonly info?: { threadId?: unknown; isMariaDB?(): boolean }
}

/**
 * Keeps `destroy()` of the driver `mariadb` from killing a connection of others. While a statement waits, it sends `KILL` with
 * the number of the connection over a new one, which a proxy may lead to another server: there the number belongs to somebody
 * else, or to nobody, and then the driver leaves the rejection unhandled. `KILL USER` of an unknown user ends no connection.
 */
function withoutKill({ info }: DriverConnection): void {
  if (info?.isMariaDB?.()) info.threadId = "USER 'koa-session-model: nobody'"
}

/** The members of Sequelize's connection manager that are used. */
interface ConnectionManager {
  getConnection(options: object): Promise<DriverConnection>
  releaseConnection(connection: DriverConnection): void
  readonly pool: { destroy(connection: DriverConnection): Promise<void> | undefined }
  /** The connections of SQLite. `default` is the one outside of transactions. */
  readonly connections?: Record<string, { readonly open?: boolean }>
  /** The query for the version of the database, on a connection of its own. All other statements wait for it. */
  versionPromise?: Promise<unknown> | null
}

/** The members of an instance that are used and that Sequelize has no types for. */
interface Instance {
  readonly connectionManager: ConnectionManager
  addHook(name: 'beforeQuery', hook: (options: HookOptions, statement: SentStatement) => void): void
  [watchedKey]?: boolean
}

/**
 * Lets the session statements of this instance report their progress to their call. At this point each has a connection,
 * and is about to be sent.
 */
export function watchStatements(sequelize: Sequelize): void {
  const instance = sequelize as unknown as Instance
  if (instance[watchedKey]) return
  Object.defineProperty(instance, watchedKey, { value: true })
  instance.addHook('beforeQuery', (options, statement) => {
    const attempt = options[attemptKey]
    if (!attempt) return
    const run = statement.run.bind(statement)
    const held = new HeldConnection(instance, statement.connection)
    const commented = (sql: unknown, ...rest: unknown[]) => run(attempt.comment + sql, ...rest)
    Object.assign(statement, { run: (...args: [unknown]) => runFor(attempt, options, held, () => commented(...args)) })
  })
}

/** Lets Sequelize query the version of the database again: an answer that never comes would block all connections. */
export function forgetVersion(sequelize: Sequelize): void {
  const { connectionManager } = sequelize as unknown as Instance
  if (connectionManager.versionPromise) connectionManager.versionPromise = null
}

/** Lets Sequelize open the file of SQLite again if that failed: it keeps such a connection, on which statements wait forever. */
export function forgetUnopened(sequelize: Sequelize): void {
  const { connections } = (sequelize as unknown as Instance).connectionManager
  if (connections?.default?.open === false) delete connections.default
}

async function runFor(
  attempt: Attempt,
  { type }: HookOptions,
  held: HeldConnection,
  run: () => Promise<unknown>,
): Promise<unknown> {
  attempt.sends(() => held.abandon())
  try {
    const answer = await run()
    if (type !== 'SELECT' && type !== 'RAW') attempt.written()
    return answer
  } catch (error) {
    const failure = failureOfSequelize(error)
    attempt.judge(error, failure)
    if (spoilsConnection(failure)) held.spoil()
    throw error
  } finally {
    held.release()
    attempt.waits()
  }
}

/** Runs all statements of `work` on one connection of the pool. `destroy` closes it, so that the pool does not get it back. */
export async function holdConnection<T>(
  sequelize: Sequelize,
  attempt: Attempt,
  work: (destroy: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const instance = sequelize as unknown as Instance
  const connection = await instance.connectionManager.getConnection({ useMaster: true })
  attempt.connection = connection
  try {
    return await work(() => new HeldConnection(instance, connection).destroy())
  } finally {
    attempt.connection = undefined
    instance.connectionManager.releaseConnection(connection)
  }
}

/** The connection of the pool that one statement holds, until Sequelize returns it. */
class HeldConnection {
  readonly #instance: Instance
  readonly #connection: DriverConnection
  #isSpoilt = false
  #isReleased = false

  constructor(instance: Instance, connection: DriverConnection) {
    this.#instance = instance
    this.#connection = connection
  }

  /** Keeps the connection from returning to the pool. */
  spoil(): void {
    this.#isSpoilt = true
  }

  /** Abandons the connection although its statement has no answer yet. */
  abandon(): void {
    if (this.#isReleased) return
    this.#isSpoilt = true
    void cancelStatement(this.#connection).then(() => this.release())
  }

  release(): void {
    if (this.#isReleased) return
    this.#isReleased = true
    if (this.#isSpoilt) void this.destroy()
  }

  /** Ends the connection. On MySQL and MariaDB the pool would wait for the statement, unless the connection is closed before. */
  async destroy(): Promise<void> {
    try {
      withoutKill(this.#connection)
      this.#connection.destroy?.()
      await this.#instance.connectionManager.pool.destroy(this.#connection)
    } catch {
      // The connection was lost already.
    }
  }
}
