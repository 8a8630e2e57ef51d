import type { RowRecord } from '../model/session-table.js'
import { laterOf } from '../sql/guarded-update.js'
import type { SqlTable } from '../sql/sql-table.js'
import type { SqlValues } from '../sql/write.js'

/** The columns that TypeORM's own update sets to SQL, and the parameters in it. */
interface OrmSqlValues {
  readonly values: Record<string, () => string>
  readonly parameters: Record<string, unknown>
}

/** The SQL that `sql` gives, and the last use as the later one of two moments if the update writes it. */
export function sqlValues(
  table: Pick<SqlTable<never>, 'column'>,
  lastSeenAt: string | undefined,
  record: RowRecord,
  sql: SqlValues,
): OrmSqlValues {
  const fixed = Object.fromEntries(Object.entries(sql).map(([property, value]) => [property, () => value]))
  if (lastSeenAt === undefined || !(lastSeenAt in record)) return { values: fixed, parameters: {} }
  const column = table.column(lastSeenAt)
  return {
    values: { ...fixed, [lastSeenAt]: () => laterOf(column, () => ':ksmLastSeenAt') },
    parameters: { ksmLastSeenAt: column.parameter(record[lastSeenAt]) },
  }
}
