import type { EntitySubscriberInterface, QueryRunner, TransactionStartEvent } from 'typeorm'
import { TransactionGate } from '../sql/transaction-gate.js'

/** Tells a gate of the transactions of a data source. */
class TransactionListener implements EntitySubscriberInterface {
  readonly gate = new TransactionGate()

  beforeTransactionStart({ queryRunner }: TransactionStartEvent): Promise<void> | undefined {
    // Another transaction that ended meanwhile has taken back what the start of this one has noted.
    return this.gate.begins()?.then(() => void Object.assign(queryRunner, { isTransactionActive: true }))
  }

  afterTransactionStart(): void {
    this.gate.begun()
  }

  afterTransactionCommit(): void {
    this.gate.committed()
  }

  beforeTransactionRollback(): void {
    this.gate.ending()
  }

  afterTransactionRollback(): void {
    this.gate.ended()
  }
}

/**
 * The gate for session writes on the connection of this runner, if that is the only one of its data source, as on SQLite.
 *
 * It hears of transactions from the first call on. Its listener is the first one, so that it hears of everything, even
 * if another one throws. A data source that is initialized again has new listeners, and so a new gate.
 */
export function transactionGateOf(runner: QueryRunner): TransactionGate | undefined {
  const { driver, subscribers } = runner.connection
  if (Reflect.get(driver, 'queryRunner') !== runner) return undefined
  const known = subscribers.find((subscriber) => subscriber instanceof TransactionListener)
  if (known) return known.gate
  const listener = new TransactionListener()
  subscribers.unshift(listener)
  tellOfOpen(runner, listener.gate)
  return listener.gate
}

/** Tells of transactions that are open already. TypeORM takes one for active from before it begins. */
function tellOfOpen(runner: QueryRunner, gate: TransactionGate): void {
  if (!runner.isTransactionActive) return
  gate.begins()
  const depth = Number(Reflect.get(runner, 'transactionDepth') ?? 1)
  for (let level = 0; level < depth; level++) gate.begun()
}
