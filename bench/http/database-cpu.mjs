import { check } from './check.mjs'
import { withContestants } from './contestants.mjs'
import { openBackends } from './cpu.mjs'
import { measureInTurns, withOwnLoad } from './rounds.mjs'

/** Whose statements are compared by what they cost PostgreSQL. */
export const measured = ['pg', 'ours-typeorm', 'ours-sequelize']

/**
 * The microseconds that PostgreSQL's backends use of the processors for a request. Gives `undefined` where they cannot be
 * seen.
 */
export async function measureDatabaseCpu(competitors, options, log) {
  const backends = await openBackends()
  if (!backends) {
    log('databaseCpu is left out: the processes of PostgreSQL are not in /proc of this machine.')
    return undefined
  }
  try {
    for (const competitor of competitors) await check(competitor)
    const meters = { database: backends.used }
    const describe = ({ perSecond, total, used }) => ({ perSecond, databaseCpu: used.database / total })
    const measure = (all) => measureInTurns(all, ['read', 'write'], options, describe, log)
    return await withOwnLoad((load) => withContestants(competitors, ['read', 'write'], load, measure, meters))
  } finally {
    await backends.close()
  }
}
