import type { DataSource, QueryRunner } from 'typeorm'
import { SessionError } from '../core/errors.js'
import type { Attempt } from '../model/attempt.js'
import { cancelStatement } from '../model/cancel.js'
import { knownFailure, spoilsConnection } from '../model/failures.js'
import { statementFailure } from './failures.js'
import { connectRunner } from './pool-of-one.js'
import { transactionGateOf } from './transactions.js'

/** The members of query runners that are used and that TypeORM has no types for: those of PostgreSQL, CockroachDB and MySQL. */
interface PooledRunner {
  readonly databaseConnection?: { destroy?(): void }
  readonly databaseConnectionPromise?: Promise<unknown>
  releasePostgresConnection?(error?: Error): Promise<void>
  releaseConnection?(error?: Error): Promise<void>
}

/**
 * Runs `work` on a separate connection to the primary: outside of the application's transactions, and never on a replica.
 * Afterwards the connection returns to the pool, unless it is broken, or was abandoned at the time limit.
 */
export async function onConnection<T>(
  source: DataSource,
  attempt: Attempt,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = source.createQueryRunner('master')
  const gate = transactionGateOf(runner) // the gate listens to transactions from now on
  if (attempt.comment && !gate) addComment(runner, attempt.comment)
  const connection = new HeldConnection(runner)
  attempt.waits()
  try {
    await connect(runner, connection, attempt)
    attempt.sends(() => connection.abandon())
    return await work(runner)
  } catch (error) {
    attempt.judge(error, statementFailure(error))
    if (spoilsConnection(statementFailure(error))) connection.spoil()
    throw error
  } finally {
    watched.get(runner)?.delete(attempt)
    await connection.release()
  }
}

/** Lets the statements of a runner begin with the comment. SQLite's runner is that of the application too, which gets none. */
function addComment(runner: QueryRunner, comment: string): void {
  const query = runner.query as (sql: string, ...rest: unknown[]) => Promise<unknown>
  Object.assign(runner, { query: (sql: string, ...rest: unknown[]) => query.call(runner, comment + sql, ...rest) })
}

/** The attempts that each watched runner works for. SQLite has one runner for all, which is watched once. */
const watched = new WeakMap<QueryRunner, Set<Attempt>>()

/** Records which statements have written, if listeners of the application may send their own statements on this connection. */
export function watchWrites(runner: QueryRunner, attempt: Attempt): void {
  const known = watched.get(runner)
  if (known) return void known.add(attempt)
  const attempts = new Set([attempt])
  const query = runner.query as (...args: unknown[]) => Promise<unknown>
  const watching = async (...args: unknown[]): Promise<unknown> => {
    const result = await query.apply(runner, args)
    if (!/^\s*\(?(SELECT|SHOW|START|ROLLBACK)\b/i.test(String(args[0]))) for (const one of attempts) one.written()
    return result
  }
  Object.assign(runner, { query: watching })
  watched.set(runner, attempts)
}

async function connect(runner: QueryRunner, connection: HeldConnection, attempt: Attempt): Promise<void> {
  try {
    await connectRunner(runner)
  } catch (error) {
    if (error instanceof SessionError) connection.leave(runner.connect())
    else attempt.judge(error, knownFailure(error) ?? 'failed')
    throw error
  }
}

/** The connection that one query runner holds. */
export class HeldConnection {
  readonly #runner: QueryRunner
  #isSpoilt = false
  #isReleased = false

  constructor(runner: QueryRunner) {
    this.#runner = runner
  }

  /** Keeps the connection from returning to the pool. */
  spoil(): void {
    this.#isSpoilt = true
  }

  /** Abandons the connection although its statement has no answer yet. */
  abandon(): void {
    this.#isSpoilt = true
    if (this.#isReleased) return
    void this.#giveUp()
  }

  /**
   * Cancels the statement and releases the runner, once it has a connection: a runner of PostgreSQL that is released
   * earlier would keep a later one for good.
   */
  async #giveUp(): Promise<void> {
    const runner = this.#runner as unknown as PooledRunner
    try {
      await runner.databaseConnectionPromise
      await cancelStatement(runner.databaseConnection)
      await this.release()
    } catch {
      // The runner got no connection, or lost it.
    }
  }

  /** Leaves a runner that still waits for a connection, and releases it once it has one. */
  leave(connected: Promise<unknown>): void {
    this.#isReleased = true
    const release = (): Promise<void> => this.#runner.release()
    connected.then(release, release)
  }

  async release(): Promise<void> {
    if (this.#isReleased) return
    this.#isReleased = true
    if (this.#isSpoilt) await destroyConnection(this.#runner)
    await this.#runner.release()
  }
}

/** Destroys the connection. The pool removes it, and opens another one for waiting calls. */
export async function destroyConnection(held: QueryRunner): Promise<void> {
  const runner = held as unknown as PooledRunner
  const reason = new Error('This connection is of no more use.')
  if (runner.releasePostgresConnection) await runner.releasePostgresConnection(reason)
  else if (runner.releaseConnection) await runner.releaseConnection(reason)
  else runner.databaseConnection?.destroy?.()
}
