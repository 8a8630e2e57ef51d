import { type Model, type ModelStatic, QueryTypes } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import type { SqlTransaction } from '../sql/sql-table.js'
import { holdConnection } from './connection.js'
import { isolatedOptions } from './isolated-options.js'
import { instanceOf } from './query-generator.js'

/** Runs `work` in a transaction on one connection, without Sequelize's own, which the application's hooks would hear of. */
export async function inTransaction<T>(
  model: ModelStatic<Model>,
  attempt: Attempt,
  work: (transaction: SqlTransaction) => Promise<T>,
): Promise<T> {
  const sequelize = instanceOf(model)
  const run = async (sql: string, type?: QueryTypes, replacements?: unknown[]): Promise<unknown> =>
    sequelize.query(sql, { ...isolatedOptions(model, attempt), type, replacements } as never)
  return holdConnection(sequelize, attempt, async (destroy) => {
    try {
      await run('START TRANSACTION', QueryTypes.RAW)
      const result = await work({
        select: async (sql, values) => (await run(sql, QueryTypes.SELECT, values)) as object[],
        update: (sql, values) => run(sql, QueryTypes.BULKUPDATE, values),
      })
      await run('COMMIT', QueryTypes.RAW)
      return result
    } catch (error) {
      await run('ROLLBACK', QueryTypes.RAW).catch(destroy)
      throw error
    }
  })
}
