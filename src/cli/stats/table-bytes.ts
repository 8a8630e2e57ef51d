import type { TableAccess } from '../../sql/table-access.js'
import { numberOf } from '../row-counts.js'

/** The size of the table with its indexes, in bytes; `null` if the database does not tell. */
export async function tableBytes(access: TableAccess): Promise<number | null> {
  const { text, place } = access
  const { table, schema } = place
  if (text.database === 'postgres') {
    const [row] = await access.ask(
      `SELECT pg_total_relation_size('${text.name.replaceAll("'", "''")}'::regclass) AS size`,
    )
    return numberOf(row?.size)
  }
  if (text.database === 'mysql') {
    const [row] = await access.ask(
      `SELECT SUM(data_length + index_length) AS size FROM information_schema.tables WHERE table_name = ${text.place(1)} AND table_schema = DATABASE()`,
      [table],
    )
    return numberOf(row?.size)
  }
  const [row] = await access.ask(
    `SELECT SUM(pgsize) AS size FROM dbstat WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = ${text.place(1)})`,
    [table],
  )
  return schema === undefined ? numberOf(row?.size) : null
}
