import { median } from '../statistics.mjs'

const orms = { 'ours-typeorm': 'TypeORM', 'ours-sequelize': 'Sequelize' }
const most = { read: 15, write: 32 }

/**
 * The figures to reach of what requests cost: `value`, of all results, must be at most `target`. It is `undefined` where
 * something has not been measured, or not in the same run.
 */
export const cpuTargets = [
  ...Object.entries(most).flatMap(([kind, target]) =>
    Object.entries(orms).map(([name, title]) => ({
      work: `CPU of a ${kind} beyond that of Koa without sessions, ${title}, PostgreSQL`,
      target,
      unit: 'µs',
      value: (results) => cpuBeyondKoa(results, kind, name),
    })),
  ),
  {
    work: 'CPU of a write beyond that of Koa without sessions, the ORM that takes more against the other, PostgreSQL',
    target: 1.1,
    unit: '×',
    value(results) {
      const both = Object.keys(orms).map((name) => cpuBeyondKoa(results, 'write', name))
      return both.includes(undefined) ? undefined : Math.max(...both) / Math.min(...both)
    },
  },
  ...Object.entries(orms).map(([name, title]) => ({
    work: `CPU of PostgreSQL for a write, ${title}, against koa-session on prepared pg statements`,
    target: 0.6,
    unit: '×',
    value({ databaseCpu }) {
      const { [name]: ours, pg } = databaseCpu?.result.write ?? {}
      return ours && pg ? databaseCpuOf(ours) / databaseCpuOf(pg) : undefined
    },
  })),
]

/** The median of what each round took more than Koa alone in the same round. */
function cpuBeyondKoa(results, kind, name) {
  const [ours, bare] = [results[kind]?.result[name], results.none?.result.bare]
  if (!ours || !bare || results[kind].at !== results.none.at) return undefined
  return median(ours.map(({ cpuPerRequest }, round) => cpuPerRequest - bare[round].cpuPerRequest))
}

function databaseCpuOf(rounds) {
  return median(rounds.map(({ databaseCpu }) => databaseCpu))
}
