import type { DataSource, EntitySubscriberInterface, QueryRunner, TransactionStartEvent } from 'typeorm'
import { transactionOpen, usualWait } from '../sql/transaction-gate.js'

/** The members of drivers whose pool is used: those of PostgreSQL, and those of MySQL and MariaDB. */
interface PooledDriver {
  readonly master?: { readonly options?: { readonly max?: unknown } }
  readonly pool?: { readonly config?: { readonly connectionLimit?: unknown } }
}

/** Knows whether a transaction is open on the only connection. */
class OpenTransaction implements EntitySubscriberInterface {
  #latest: QueryRunner | undefined

  afterTransactionStart({ queryRunner }: TransactionStartEvent): void {
    this.#latest = queryRunner
  }

  /** TypeORM's own flag counts: an end may have failed without a notice. */
  get isOpen(): boolean {
    return this.#latest?.isTransactionActive === true && !this.#latest.isReleased
  }
}

/**
 * Connects the runner. If the pool has one connection only, and a transaction of the application keeps it for the longest
 * wait of a {@link TransactionGate}, rejects with `TRANSACTION_OPEN`, as on SQLite: mostly the session is saved inside of
 * that transaction, and each waits for the other.
 *
 * A runner that is refused is released when the pool gives it a connection after all.
 */
export async function connectRunner(runner: QueryRunner): Promise<void> {
  const { connection } = runner
  const transaction = isPoolOfOne(connection) ? transactionOf(connection) : undefined
  const connected = runner.connect()
  if (!transaction) return void (await connected)
  let timer: NodeJS.Timeout | undefined
  const refused = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => transaction.isOpen && refuse(transactionOpen()), usualWait)
  })
  try {
    await Promise.race([connected, refused])
  } finally {
    clearTimeout(timer)
  }
}

/** The number of connections is the pool's own, whichever option it came from. */
function isPoolOfOne({ driver }: DataSource): boolean {
  const { master, pool } = driver as PooledDriver
  return Number(master?.options?.max ?? pool?.config?.connectionLimit) === 1
}

/** Listens to the transactions of the data source from the first call on. */
function transactionOf({ subscribers }: DataSource): OpenTransaction {
  const known = subscribers.find((subscriber) => subscriber instanceof OpenTransaction)
  if (known) return known
  const listener = new OpenTransaction()
  subscribers.unshift(listener)
  return listener
}
