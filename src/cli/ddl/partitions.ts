import { usageError } from '../cli-error.js'

/** The table that is created in partitions. */
interface PartitionedTable {
  readonly database: string
  /** The names of the table and of its column of ids, with their quotes. */
  readonly name: string
  readonly id: string
}

/** Splits the table that the first statement creates into hash partitions by the id of the row. */
export function withPartitions(statements: readonly string[], table: PartitionedTable, count: number): string[] {
  const [create = '', ...others] = statements
  const { database, name, id } = table
  const body = create.trimEnd().replace(/;$/, '')
  if (database === 'mysql') return [`${body} PARTITION BY KEY (${id}) PARTITIONS ${count}`, ...others]
  if (database !== 'postgres') throw usageError('SQLite has no partitions. Leave out --partitions.')
  const parts = Array.from({ length: count }, (_, part) => {
    return `CREATE TABLE ${partName(name, part)} PARTITION OF ${name} FOR VALUES WITH (MODULUS ${count}, REMAINDER ${part})`
  })
  return [`${body} PARTITION BY HASH (${id})`, ...parts, ...others]
}

function partName(name: string, part: number): string {
  return name.endsWith('"') ? `${name.slice(0, -1)}_p${part}"` : `${name}_p${part}`
}
