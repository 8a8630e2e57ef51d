import type { SqlTable } from './sql-table.js'

/** The partitions of a table on PostgreSQL. */
export interface Partitions {
  readonly count: number
  /** The type of the column with the id, without a length. */
  readonly idType: string
}

const partitionsQuery =
  'SELECT (SELECT count(*) FROM pg_catalog.pg_partition_tree(attrelid) WHERE isleaf) AS count, ' +
  'pg_catalog.format_type(atttypid, -1) AS type FROM pg_catalog.pg_attribute ' +
  "JOIN pg_catalog.pg_class ON pg_class.oid = attrelid WHERE attrelid = $1::regclass AND relkind = 'p' " +
  'AND attname::text IN ($2::text, lower($2::text)) ORDER BY attname = $2::text DESC LIMIT 1'

/**
 * Resolves to the partitions of the table; `null` if it has none, `undefined` if the database cannot tell now.
 *
 * Statements for several rows depend on it. A condition on a list of ids searches each partition for every id. A join visits
 * one partition for each row, but prepares to visit any: that is cheap only if there are more rows than partitions. For
 * fewer rows each id is compared by itself, so that the planner leaves out all partitions but one.
 *
 * @param idName The name of the column with the id.
 * @see https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITION-PRUNING
 */
export async function partitionsOf<Connection>(
  table: SqlTable<Connection>,
  idName: string,
  connection: Connection,
): Promise<Partitions | null | undefined> {
  if (table.database !== 'postgres') return null
  try {
    const found = await table.ask(connection, partitionsQuery, [table.name, idName])
    const [partitions] = found as { count: unknown; type: string }[]
    return partitions ? { count: Number(partitions.count), idType: partitions.type } : null
  } catch (error) {
    if (table.failureOf(error) === 'failed') return undefined
    throw error
  }
}
