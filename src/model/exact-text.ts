/** The databases whose collations may find different texts equal. They differ in how SQL asks for the bytes of a text. */
export type CollatingDatabase = 'mysql' | 'postgres' | 'sqlite'

const bytesOf: Readonly<Record<CollatingDatabase, (text: string) => string>> = {
  // Both sides in one character set, whatever that of the column is.
  mysql: (text) => `CAST(CAST(${text} AS CHAR CHARACTER SET utf8mb4) AS BINARY)`,
  postgres: (text) => `convert_to(CAST(${text} AS text), 'UTF8')`,
  sqlite: (text) => `CAST(${text} AS BLOB)`,
}

/**
 * The SQL condition that the text in a column equals one of a list, byte by byte. Combine it with an ordinary comparison,
 * which can use an index but follows the column's collation.
 *
 * @param column The column, quoted.
 * @param list The list of {@link utf8 bytes} in SQL.
 */
export function bytesIn(database: CollatingDatabase, column: string, list: string): string {
  return `${bytesOf[database](column)} IN (${list})`
}

/** The bytes of a text, as {@link bytesIn} compares them. */
export function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8')
}
