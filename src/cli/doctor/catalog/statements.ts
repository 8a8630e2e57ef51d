import type { TableAccess } from '../../../sql/table-access.js'

interface CatalogStatements {
  readonly columns: string
  readonly indexes: string
}

/** The queries for the columns and the indexes of a table, which give the same names on all databases. */
export function catalogStatements({ text, place }: TableAccess): CatalogStatements {
  const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`
  if (text.database === 'postgres') return ofPostgres(quoted(text.name))
  if (text.database === 'mysql') return ofMysql(quoted(place.table), place.schema ? quoted(place.schema) : 'DATABASE()')
  return ofSqlite(quoted(place.table))
}

function ofPostgres(table: string): CatalogStatements {
  return {
    columns:
      'SELECT a.attname AS column_name, format_type(a.atttypid, a.atttypmod) AS column_type FROM pg_attribute a ' +
      `WHERE a.attrelid = to_regclass(${table}) AND a.attnum > 0 AND NOT a.attisdropped`,
    indexes:
      'SELECT a.attname AS column_name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] ' +
      `WHERE i.indrelid = to_regclass(${table}) AND i.indisvalid AND i.indpred IS NULL`,
  }
}

function ofMysql(table: string, schema: string): CatalogStatements {
  const where = `WHERE table_name = ${table} AND table_schema = ${schema}`
  return {
    columns:
      'SELECT column_name AS column_name, column_type AS column_type, character_set_name AS charset, ' +
      `collation_name AS collation_name, extra AS extra FROM information_schema.columns ${where}`,
    indexes: `SELECT column_name AS column_name FROM information_schema.statistics ${where} AND seq_in_index = 1`,
  }
}

function ofSqlite(table: string): CatalogStatements {
  return {
    columns: `SELECT name AS column_name, type AS column_type FROM pragma_table_info(${table})`,
    indexes:
      `SELECT i.name AS column_name FROM pragma_index_list(${table}) AS l, pragma_index_info(l.name) AS i ` +
      'WHERE i.seqno = 0 AND l.partial = 0',
  }
}
