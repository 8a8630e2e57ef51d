import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { missingPackages } from './missing.js'
import type { Row } from './trial.js'
import { trials } from './trials/index.js'

// npm run cluster -- --only galera --requests 3000 --seconds 8 --orm typeorm
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    requests: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '8' },
    orm: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
    /** Prints what clients were told second by second. */
    verbose: { type: 'boolean', default: false },
    /** The folder for the requests and rows of trials that went wrong. */
    save: { type: 'string', default: '' },
  },
})
if (values.help) {
  console.log(`npm run cluster -- --only <name>,… --orm typeorm|sequelize --requests 3000 --seconds 8 --verbose

Trials: ${trials.map(({ name }) => name).join(', ')}`)
  process.exit()
}
const names = values.only.split(',').filter(Boolean)
const orms = (['typeorm', 'sequelize'] as const).filter((orm) => orm.includes(values.orm))
const options = { requests: Number(values.requests), seconds: Number(values.seconds), orms }
const rows: Row[] = []
const broken: string[] = []

for (const trial of trials) {
  if (names.length > 0 && !names.some((name) => trial.name.startsWith(name))) continue
  const missing = missingPackages(trial)
  if (missing.length > 0) {
    rows.push({ trial: trial.name, note: `not run: apt-get install ${missing.join(' ')}` })
    continue
  }
  await trial.run(options, ({ row, faults, notes, seconds, record }) => {
    rows.push(row)
    console.log(Object.values(row).join('  '))
    if (notes) console.log(notes)
    if (values.verbose && seconds) console.table(seconds)
    if (values.save && faults.length > 0 && record)
      writeFileSync(join(values.save, `${trial.name}-${rows.length}.json`), JSON.stringify(record))
    broken.push(...faults.map((fault) => `${row.trial}: ${fault}`))
  })
}

console.table(rows)
for (const fault of broken) console.log(fault)
process.exitCode = broken.length > 0 || rows.length === 0 ? 1 : 0
