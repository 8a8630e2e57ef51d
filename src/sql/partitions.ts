import type { SqlTable } from './sql-table.js'

const kindOfTable = "SELECT relkind = 'p' AS partitioned FROM pg_class WHERE oid = $1::regclass"

/**
 * Resolves to whether the table is partitioned, on PostgreSQL. A condition on a list of ids searches each partition for
 * every id, and a join visits all partitions, so statements for several rows compare each id by itself there: then the
 * planner leaves out the other partitions. A database that cannot tell has none.
 *
 * @see https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITION-PRUNING
 */
export async function isPartitioned<Connection>(table: SqlTable<Connection>, connection: Connection): Promise<boolean> {
  if (table.database !== 'postgres') return false
  try {
    const [found] = (await table.ask(connection, kindOfTable, [table.name])) as { partitioned: boolean }[]
    return found?.partitioned === true
  } catch (error) {
    if (table.failureOf(error) === 'failed') return false
    throw error
  }
}
