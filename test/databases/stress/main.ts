import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { reachable } from '../../support/matrix.js'
import { databasesOf } from './databases.js'
import { explain, type Report, summaryOf } from './report.js'
import { stress } from './run.js'

// The long form: npm run stress -- --requests 5000 --rounds 3 --only PostgreSQL
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '1' },
    sessions: { type: 'string', default: '20' },
    parallel: { type: 'string', default: '50' },
    /** Where the log of a run goes that has found a violation. */
    save: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    /** The isolation level on PostgreSQL, such as serializable. */
    isolation: { type: 'string', default: '' },
    /** Into how many partitions the table is divided. Give --only with a server too. */
    partitions: { type: 'string', default: '0' },
  },
})
const load = { requests: Number(values.requests), sessions: Number(values.sessions), parallel: Number(values.parallel) }
const { isolation, partitions } = values
const conditions = {
  ...(isolation && { isolation }),
  ...(Number(partitions) > 0 && { partitions: Number(partitions) }),
}
const reports: Report[] = []

for (let round = 0; round < Number(values.rounds); round++) {
  for (const orm of ['typeorm', 'sequelize'] as const) {
    for (const database of await reachable(await databasesOf(orm))) {
      if (!database.name.includes(values.only)) continue
      const report = await stress(orm, database, load, conditions)
      reports.push(report)
      const { log, rows, violations } = report
      if (values.save && (violations.length > 0 || report.counts.refused > 0))
        writeFileSync(values.save, JSON.stringify({ violations, log, rows }))
      const text = explain(report)
      if (text) console.log(`${database.name}:\n${text}`)
    }
  }
}

console.table(reports.map(summaryOf))
const isBroken = reports.some(({ violations, counts }) => violations.length > 0 || counts.failed > 0)
process.exitCode = isBroken || reports.length === 0 ? 1 : 0
