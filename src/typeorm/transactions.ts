import type { DataSource, EntitySubscriberInterface, QueryRunner, TransactionStartEvent } from 'typeorm'
import { TransactionGate } from '../sql/transaction-gate.js'

/** Reports the transactions of a data source to a gate. */
class TransactionListener implements EntitySubscriberInterface {
  readonly gate = new TransactionGate()

  beforeTransactionStart({ queryRunner }: TransactionStartEvent): Promise<void> | undefined {
    // The end of another transaction has meanwhile cleared the flag that the start of this one had set.
    return this.gate.willBegin()?.then(() => void Object.assign(queryRunner, { isTransactionActive: true }))
  }

  afterTransactionStart(): void {
    this.gate.didBegin()
  }

  afterTransactionCommit(): void {
    this.gate.didEndUnannounced()
  }

  beforeTransactionRollback(): void {
    this.gate.willEnd()
  }

  afterTransactionRollback(): void {
    this.gate.didEnd()
  }
}

/** The members of a driver that are used: those of SQLite, and those of PostgreSQL. */
interface Driver {
  /** The only runner of an SQLite database. */
  readonly queryRunner?: QueryRunner
  /** The pool of a PostgreSQL server. */
  readonly master?: unknown
  readonly connectedQueryRunners?: readonly PooledRunner[]
}

interface PooledRunner extends QueryRunner {
  readonly databaseConnection?: unknown
}

/**
 * The gate for session writes on this runner's connection, if the application's transactions use that connection at the same
 * time: on SQLite, and where a pool lends one connection to all, as those for PGlite do.
 *
 * The gate listens to transactions from the first call on. Its listener comes first, so it gets every event even if another
 * listener throws. A data source that is initialized again has new listeners, and so a new gate.
 */
export function transactionGateOf(runner: QueryRunner): TransactionGate | undefined {
  const { driver, subscribers } = runner.connection
  const { queryRunner, connectedQueryRunners = [] } = driver as Driver
  const known = listenerOf(runner.connection)
  if (queryRunner !== runner && (queryRunner || !(known ?? sharesConnection(runner)))) return undefined
  if (known) return known.gate
  const listener = new TransactionListener()
  subscribers.unshift(listener)
  for (const open of queryRunner ? [runner] : connectedQueryRunners) reportOpen(open, listener.gate)
  return listener.gate
}

/** Whether session writes of this data source use the same connection as transactions, as far as is known yet. */
export function hasTransactionGate(dataSource: DataSource): boolean {
  return listenerOf(dataSource) !== undefined
}

function listenerOf({ subscribers }: DataSource): TransactionListener | undefined {
  return subscribers.find((subscriber) => subscriber instanceof TransactionListener)
}

/** Whether the runner's connection is the pool itself, or is lent to another runner now. */
function sharesConnection(runner: PooledRunner): boolean {
  const { databaseConnection: own } = runner
  const { master, connectedQueryRunners: connected = [] } = runner.connection.driver as Driver
  if (own === undefined || own === null) return false
  return own === master || connected.some((other) => other !== runner && other.databaseConnection === own)
}

/** Reports transactions that are open already. TypeORM counts one as active from before it begins. */
function reportOpen(runner: QueryRunner, gate: TransactionGate): void {
  if (!runner.isTransactionActive) return
  gate.willBegin()
  const depth = Number(Reflect.get(runner, 'transactionDepth') ?? 1)
  for (let level = 0; level < depth; level++) gate.didBegin()
}
