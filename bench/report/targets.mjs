import { median } from '../statistics.mjs'

const requests = (kind, ours, ...least) => least.map(([against, target]) => ({ kind, ours, against, target }))

/** The figures to reach, of requests: `ours` answers at least `target` times as many per second as `against`. */
export const requestTargets = [
  ...requests('read', 'ours-typeorm', ['map', 1.6], ['pg', 2.5], ['typeorm', 5], ['connect-typeorm', 15]),
  ...requests('read', 'ours-sequelize', ['map', 1.4], ['connect-sequelize', 20]),
  ...requests('write', 'ours-typeorm', ['map', 1.8], ['pg', 2.5], ['typeorm', 7], ['batching', 0.95]),
  ...requests('write', 'ours-sequelize', ['map', 1.8]),
  ...requests('mixed', 'ours-typeorm', ['map', 2]),
  ...requests('mixed', 'ours-sequelize', ['map', 2]),
  ...requests('read', 'ours-mariadb', ['mysql2', 1.5]),
  ...requests('write', 'ours-mariadb', ['mysql2', 2]),
  ...requests('none', 'ours-typeorm', ['bare', 0.98]),
  ...requests('none', 'ours-sequelize', ['bare', 0.98]),
]

/** The ratio of the medians, and the least and most of the ratios of single rounds. */
export function ratioOf(ours, against) {
  const rates = (rounds) => rounds.map(({ perSecond }) => perSecond)
  const [a, b] = [rates(ours), rates(against)]
  const each = a.slice(0, b.length).map((rate, round) => rate / b[round])
  return { median: median(a) / median(b), min: Math.min(...each), max: Math.max(...each) }
}

const mine = 'koa-session-model'
const { values } = Object

/**
 * The figures to reach without HTTP: `value` of a result must be at most `target`, times or of its `unit`. `bound` is what the
 * figure would be if our part took no time.
 */
export const microTargets = [
  {
    name: 'one',
    work: 'One load at a time, PostgreSQL, against `dataSource.query` with the same SQL',
    target: 1.15,
    value: (result) => result[mine].median / result['dataSource.query, same SQL'].median,
  },
  {
    name: 'sqlite',
    work: 'One load, better-sqlite3 in memory, against the raw prepared `get`',
    target: 4,
    value: (result) => result[mine].median / result['raw prepared get'].median,
  },
  {
    name: 'sqlite',
    work: 'One load, better-sqlite3 in memory, against `findOneBy`',
    target: 0.1,
    value: (result) => result[mine].median / result.findOneBy.median,
    bound: (result) => ({
      what: 'the raw prepared `get`',
      ratio: result['raw prepared get'].median / result.findOneBy.median,
    }),
  },
  ...['PostgreSQL', 'better-sqlite3 in memory'].map((database) => ({
    name: 'large',
    work: `A session of 100 KB that is not touched, against an empty one, ${database}, without what the statement alone takes longer`,
    target: 1.2,
    value: ({ [database]: result }) => {
      const wire = result['the statement alone, large'].median - result['the statement alone, empty'].median
      return (result[`${mine}, large`].median - wire) / result[`${mine}, empty`].median
    },
  })),
  {
    name: 'rows',
    work: 'One load from the large table, against the small one',
    target: 1.3,
    value: (result) => values(result)[1].median / values(result)[0].median,
  },
  ...['PostgreSQL', 'MariaDB'].map((database) => ({
    name: 'cleanup',
    work: `p99 of reads while expired rows are removed, ${database}, against that without`,
    target: 2,
    value: ({ [database]: { during, without } }) => during.p99 / without.p99,
  })),
  ...['PostgreSQL', 'MariaDB'].map((database) => ({
    name: 'cleanup',
    work: `Longest wait for a lock while expired rows are removed, ${database}`,
    target: 50,
    unit: 'ms',
    value: ({ [database]: { during } }) => during.lockWait?.longest,
  })),
  {
    name: 'memory',
    work: 'Heap after ten times as many requests, the worst of ours',
    target: 1.05,
    value: ({ byName }) => {
      const ours = Object.entries(byName).filter(([name]) => name.startsWith('ours'))
      return Math.max(...ours.map(([, { before, after }]) => after.heapUsed / before.heapUsed))
    },
  },
]
