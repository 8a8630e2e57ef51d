import type { EntitySubscriberInterface, QueryRunner, TransactionStartEvent } from 'typeorm'
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

/**
 * The gate for session writes on this runner's connection, if that is the only one of its data source, as on SQLite.
 *
 * The gate listens to transactions from the first call on. Its listener comes first, so it gets every event even if another
 * listener throws. A data source that is initialized again has new listeners, and so a new gate.
 */
export function transactionGateOf(runner: QueryRunner): TransactionGate | undefined {
  const { driver, subscribers } = runner.connection
  if (Reflect.get(driver, 'queryRunner') !== runner) return undefined
  const known = subscribers.find((subscriber) => subscriber instanceof TransactionListener)
  if (known) return known.gate
  const listener = new TransactionListener()
  subscribers.unshift(listener)
  reportOpen(runner, listener.gate)
  return listener.gate
}

/** Reports transactions that are open already. TypeORM counts one as active from before it begins. */
function reportOpen(runner: QueryRunner, gate: TransactionGate): void {
  if (!runner.isTransactionActive) return
  gate.willBegin()
  const depth = Number(Reflect.get(runner, 'transactionDepth') ?? 1)
  for (let level = 0; level < depth; level++) gate.didBegin()
}
