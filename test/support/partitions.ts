/** The statements that divide a table of MariaDB or MySQL into partitions by its primary key. */
export function partitioningOfMariadb(table: string, count: number): readonly string[] {
  return [`ALTER TABLE ${table} PARTITION BY KEY () PARTITIONS ${count}`]
}

/**
 * The statements that divide a table of PostgreSQL into partitions by the hash of its key. Rows, indexes and constraints
 * stay, and so do the names, which the ORMs know them by. `regenerate()` moves rows between the partitions.
 */
export function partitioning(table: string, count: number, key = 'id'): readonly string[] {
  const parts = Array.from({ length: count }, (_, n) => n)
  return [
    `DROP TABLE IF EXISTS "${table}_plain"`,
    `ALTER TABLE "${table}" RENAME TO "${table}_plain"`,
    `CREATE TABLE "${table}" (LIKE "${table}_plain" INCLUDING ALL EXCLUDING INDEXES) PARTITION BY HASH ("${key}")`,
    ...parts.map(
      (n) => `CREATE TABLE "${table}_${n}" PARTITION OF "${table}" FOR VALUES WITH (MODULUS ${count}, REMAINDER ${n})`,
    ),
    `INSERT INTO "${table}" SELECT * FROM "${table}_plain"`,
    moveIndexes(table),
  ]
}

function moveIndexes(table: string): string {
  return `DO $$
    DECLARE
      statements text[] := ARRAY(
        SELECT CASE WHEN conname IS NULL
          THEN replace(pg_get_indexdef(indexrelid), '${table}_plain', '${table}')
          ELSE format('ALTER TABLE "${table}" ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(pg_constraint.oid)) END
        FROM pg_index LEFT JOIN pg_constraint ON conindid = indexrelid AND contype IN ('p', 'u')
        WHERE indrelid = '"${table}_plain"'::regclass);
      one text;
    BEGIN
      DROP TABLE "${table}_plain";
      FOREACH one IN ARRAY statements LOOP EXECUTE one; END LOOP;
    END $$`
}
