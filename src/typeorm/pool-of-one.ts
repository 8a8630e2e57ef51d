import type { DataSource, EntitySubscriberInterface, QueryRunner } from 'typeorm'
import { transactionOpen, usualWait } from '../sql/transaction-gate.js'

/** The members of drivers whose pool is used: those of PostgreSQL, and those of MySQL and MariaDB. */
interface PooledDriver {
  readonly master?: { readonly options?: { readonly max?: unknown } }
  readonly pool?: { readonly config?: { readonly connectionLimit?: unknown } }
}

/** Knows which transactions of a data source are open. */
class OpenTransactions implements EntitySubscriberInterface {
  readonly #runners = new Set<QueryRunner>()

  afterTransactionStart({ queryRunner }: { readonly queryRunner: QueryRunner }): void {
    this.#runners.add(queryRunner)
  }

  /** Whether one is open. TypeORM's own flag counts: an end may have failed without a notice. */
  get any(): boolean {
    for (const runner of this.#runners) {
      if (!runner.isTransactionActive || runner.isReleased) this.#runners.delete(runner)
    }
    return this.#runners.size > 0
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
  const open = isPoolOfOne(connection) ? openTransactionsOf(connection) : undefined
  const connected = runner.connect()
  if (!open) return void (await connected)
  let timer: NodeJS.Timeout | undefined
  const refused = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => open.any && refuse(transactionOpen()), usualWait)
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
function openTransactionsOf({ subscribers }: DataSource): OpenTransactions {
  const known = subscribers.find((subscriber) => subscriber instanceof OpenTransactions)
  if (known) return known
  const listener = new OpenTransactions()
  subscribers.unshift(listener)
  return listener
}
