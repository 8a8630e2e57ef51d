import type { QueryRunner } from 'typeorm'
import type { SqlTransaction } from '../sql/sql-table.js'
import { destroyConnection } from './connection.js'

/** Runs `work` in a transaction on the runner's connection, without TypeORM's own, which the application's subscribers would hear of. */
export async function inTransaction<T>(
  runner: QueryRunner,
  work: (transaction: SqlTransaction) => Promise<T>,
): Promise<T> {
  try {
    await runner.query('START TRANSACTION')
    const result = await work({
      select: (sql, values) => runner.query(sql, values),
      update: (sql, values) => runner.query(sql, values),
    })
    await runner.query('COMMIT')
    return result
  } catch (error) {
    await runner.query('ROLLBACK').catch(() => destroyConnection(runner))
    throw error
  }
}
