/** The statements that make a table of PostgreSQL one that is partitioned by the hash of its ids: `regenerate()` moves rows. */
export function partitioning(table: string, count: number, key = 'id'): readonly string[] {
  const parts = Array.from({ length: count }, (_, n) => n)
  return [
    `DROP TABLE IF EXISTS "${table}_plain"`,
    `ALTER TABLE "${table}" RENAME TO "${table}_plain"`,
    `CREATE TABLE "${table}" (LIKE "${table}_plain" INCLUDING ALL) PARTITION BY HASH ("${key}")`,
    ...parts.map(
      (n) => `CREATE TABLE "${table}_${n}" PARTITION OF "${table}" FOR VALUES WITH (MODULUS ${count}, REMAINDER ${n})`,
    ),
    `DROP TABLE "${table}_plain"`,
  ]
}
