/** Databases that have collations which may take different texts for equal, by how they are asked for the bytes of one. */
export type CollatingDatabase = 'mysql' | 'postgres' | 'sqlite'

const bytesOf: Readonly<Record<CollatingDatabase, (text: string) => string>> = {
  // In one character set, whatever that of the column.
  mysql: (text) => `CAST(CAST(${text} AS CHAR CHARACTER SET utf8mb4) AS BINARY)`,
  postgres: (text) => `convert_to(CAST(${text} AS text), 'UTF8')`,
  sqlite: (text) => `CAST(${text} AS BLOB)`,
}

/**
 * The SQL condition that the text in a column is one of some, byte by byte. It belongs beside an ordinary comparison: that
 * finds what the collation of the column takes for equal, and can use an index.
 *
 * @param column The column, quoted.
 * @param list The list of {@link utf8 bytes} in SQL.
 */
export function bytesIn(database: CollatingDatabase, column: string, list: string): string {
  return `${bytesOf[database](column)} IN (${list})`
}

/** The bytes that a text is compared by. */
export function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}
