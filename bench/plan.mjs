import { parseArgs } from 'node:util'
import { competitors, kinds } from './competitors.mjs'

/** The benchmarks without HTTP, and what each measures. */
export const micro = {
  one: 'one load at a time, PostgreSQL',
  sqlite: 'one load at a time, better-sqlite3 in memory',
  parallel: '64 and 256 loads at a time, PostgreSQL',
  cpu: 'ids, cookies and JSON',
  large: 'a session of 100 KB that is not touched',
  rows: 'loads from small and large tables',
  scale: 'loads, disk and clean-up by the number of sessions',
  partitions: 'loads and changes of a table in partitions, and of one that is not',
  cleanup: 'reads and writes while expired rows are removed',
}

/** All names that can be given; without any, all are measured. */
export const names = [...Object.keys(kinds), 'databaseCpu', 'processes', ...Object.keys(micro), 'memory', 'profile']

/** Seconds before each measurement of requests, in which a process that has waited comes back. */
export const settle = 0.2

const help = `npm run bench -- [names] [options]

Names: ${names.join(', ')}. Without names: all.

  --rounds 5     how often everything is measured; requests 15 times
  --seconds 1    how long one measurement of requests takes
  --only a,b     only these: ${competitors.map(({ name }) => name).join(', ')}
  --full         5,000,000 rows, 2,000,000 in partitions, 1,000,000 requests, 1,000,000 expired rows
  --quick        two minutes: ratios to others, compared with results.json; exit code 1 if one has lost 15 %
  --report       only write RESULTS.md and the charts again`

/** What the command line asks for. Ends the process where that is help, or makes no sense. */
export function readPlan() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      full: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = positionals.filter((name) => !names.includes(name))
  if (values.help || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no benchmark ${unknown.join(', ')}.\n\n${help}` : help)
    process.exit(unknown.length > 0 ? 1 : 0)
  }
  const options = { rounds: Number(values.rounds ?? 5), warmUp: 1, milliseconds: 1000, full: values.full }
  const only = values.only ? values.only.split(',') : undefined
  return {
    quick: values.quick,
    chosen: values.report ? [] : positionals.length > 0 ? positionals : names,
    competitors: competitors.filter(({ name }) => only?.includes(name) ?? true),
    options,
    requestOptions: {
      ...options,
      rounds: Number(values.rounds ?? 15),
      seconds: Number(values.seconds),
      warmUp: 3,
      settle,
    },
  }
}
