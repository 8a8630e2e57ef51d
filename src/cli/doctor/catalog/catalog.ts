/** A column as the database has it. */
export interface TableColumn {
  readonly name: string
  /** The type in lower case, with its length: `varchar(128)`. */
  readonly type: string
  readonly charset: string | null
  readonly collation: string | null
  /** What the database does by itself on updates, as MySQL writes it. */
  readonly extra: string
}

/** The table as the database has it. */
export interface Catalog {
  /** Whether the table is there. Without it there are no columns and indexes. */
  readonly exists: boolean
  readonly columns: readonly TableColumn[]
  /** The first column of each index, with the primary key. */
  readonly indexed: readonly string[]
}

/** The length in the name of a type; `null` if it has none. */
export function lengthIn(type: string): number | null {
  const found = /\((\d+)\)/.exec(type)
  return found ? Number(found[1]) : null
}
