import pg from 'pg'

const counts = { finds: 0, writes: 0 }

/** Begins to count the statements that go to PostgreSQL. */
export function countStatements() {
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (config, ...rest) {
    const text = typeof config === 'string' ? config : config?.text
    counts[/^\s*SELECT/i.test(text) ? 'finds' : 'writes']++
    return query.call(this, config, ...rest)
  }
}

/** How many there have been since then: those that read, and all others. */
export function countedStatements() {
  return counts
}
