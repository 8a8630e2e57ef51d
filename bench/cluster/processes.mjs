import { cpus } from 'node:os'
import { check } from '../http/check.mjs'
import { withAll } from '../http/contestants.mjs'
import { openBackends } from '../http/cpu.mjs'
import { measureInTurns, withOwnLoad } from '../http/rounds.mjs'
import { startFleet } from './fleet.mjs'
import { hasProxy } from './haproxy.mjs'

/** Who is measured, and the connections of each process: ten in all. */
export const measured = ['pg', 'batching', 'ours-typeorm', 'ours-sequelize']
const fleets = { 'one process': [10], 'four processes': [3, 3, 2, 2] }
const kinds = ['read', 'write', 'mixed']

/** Which share of the requests writes. */
const writing = { read: 0, write: 1, mixed: 0.1 }

/**
 * Measures four processes behind HAProxy, and one behind another HAProxy, in turns; both are alive. Gives the figures by
 * competitor, kind and number of processes, or `undefined` where HAProxy is not installed.
 */
export async function measureProcesses(competitors, options, log) {
  if (!hasProxy()) {
    log('processes is left out: HAProxy is not installed.')
    return undefined
  }
  const backends = await openBackends()
  try {
    const byName = {}
    for (const competitor of competitors) {
      await check(competitor)
      log(`processes, ${competitor.name}`)
      byName[competitor.name] = await measureFleets(competitor, backends, options, log)
    }
    return { processors: cpus().length, byName }
  } finally {
    await backends?.close()
  }
}

function measureFleets(competitor, backends, options, log) {
  return withOwnLoad((load) => {
    const meters = { load: load.cpu, ...(backends && { database: backends.used }) }
    // Each of four processes gets a quarter of the requests, and takes longer to be warm.
    const longer = { ...options, warmUp: 2 * options.warmUp }
    const starterOf = ([name, poolSizes]) => {
      return () => startFleet(competitor, name, poolSizes, load, meters)
    }
    return withAll(Object.entries(fleets).map(starterOf), (all) => measureInTurns(all, kinds, longer, describe, log))
  })
}

/** Shares of all processors, and how many requests one statement serves. */
function describe({ perSecond, p50, p99, total, elapsed, used }, kind) {
  const { finds, writes, ...parts } = used
  const whole = elapsed * 1e6 * cpus().length
  const shares = Object.fromEntries(Object.entries(parts).map(([name, microseconds]) => [name, microseconds / whole]))
  const rowsPerWrite = writing[kind] > 0 ? (total * writing[kind]) / writes : undefined
  return { perSecond, p50, p99, rowsPerFind: total / finds, rowsPerWrite, ...shares }
}
