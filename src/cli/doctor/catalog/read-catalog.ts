import type { TableAccess } from '../../../sql/table-access.js'
import type { Catalog, TableColumn } from './catalog.js'
import { catalogStatements } from './statements.js'

/** Asks the database for its description of the table. */
export async function readCatalog(access: TableAccess): Promise<Catalog> {
  const statements = catalogStatements(access)
  const found = await access.ask(statements.columns)
  const indexed = found.length > 0 ? await access.ask(statements.indexes) : []
  return {
    exists: found.length > 0,
    columns: found.map(columnOf),
    indexed: indexed.map((row) => String(row.column_name)),
  }
}

function columnOf({ column_name, column_type, charset, collation_name, extra }: Record<string, unknown>): TableColumn {
  return {
    name: String(column_name),
    type: String(column_type).toLowerCase(),
    charset: charset === null || charset === undefined ? null : String(charset),
    collation: collation_name === null || collation_name === undefined ? null : String(collation_name),
    extra: String(extra ?? '').toLowerCase(),
  }
}
