/** Statements that copy the row `$1` or `?` so often, under the ids that {@link copyId} gives. */
const dialects = {
  postgres: {
    placeholder: '$1',
    series: (first, count) => `generate_series(${first}, ${first + count - 1}) AS series(n)`,
    hash: "encode(sha256(('copy-' || n)::bytea), 'hex')",
    analyze: (table) => `ANALYZE ${table}`,
  },
  mariadb: {
    placeholder: '?',
    series: (first, count) => `(SELECT seq AS n FROM seq_${first}_to_${first + count - 1}) AS series`,
    hash: "sha2(concat('copy-', n), 256)",
    analyze: (table) => `ANALYZE TABLE ${table}`,
  },
}

const batch = 250_000

/** The id whose hash the copy with this number has. */
export const copyId = (number) => `copy-${number}`

/** Fills the table with `count` copies of the session `id`, by SQL; the numbers begin at `first`. */
export async function copyRows({ dataSource, model, manager }, id, first, count) {
  const { placeholder, series, hash, analyze } = dialects[dataSource.options.type]
  const { tableName, columns } = dataSource.getMetadata(model)
  const names = columns.map((column) => dataSource.driver.escape(column.databaseName)).join(', ')
  const values = columns.map((column) => (column.isPrimary ? hash : dataSource.driver.escape(column.databaseName)))
  for (let done = 0; done < count; done += batch) {
    const numbers = series(first + done, Math.min(batch, count - done))
    const source = `SELECT * FROM ${tableName} WHERE id = ${placeholder}`
    await dataSource.query(
      `INSERT INTO ${tableName} (${names}) SELECT ${values.join(', ')} FROM (${source}) AS original, ${numbers}`,
      [manager.rowId(id)],
    )
  }
  await dataSource.query(analyze(tableName))
}
