import { labelOf } from '../competitors.mjs'
import { startLoad, startServer } from '../processes.mjs'
import { check } from './check.mjs'

/** How many keep-alive connections ask, and how many sessions each of them has. */
export const connections = 64
const sessions = 10

/**
 * Measures every competitor in every round, each in a new process, so that what disturbs the machine disturbs all. The
 * order moves by one every round. Gives for each kind and competitor what was measured in each round.
 */
export async function measureRequests(competitors, kinds, options, log) {
  for (const competitor of competitors) {
    await check(competitor)
    log(`${labelOf(competitor)}: answers rightly`)
  }
  const results = Object.fromEntries(kinds.map((kind) => [kind, {}]))
  const load = startLoad()
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const competitor of rotated(competitors, round)) {
        for (const measured of inOneProcess(competitor.kinds.filter((kind) => kinds.includes(kind)))) {
          for (const [kind, figures] of await measureOne(competitor, measured, load, options)) {
            results[kind][competitor.name] ??= []
            results[kind][competitor.name].push(figures)
            log(`round ${round + 1}, ${kind}, ${competitor.name}: ${Math.round(figures.perSecond)}/s`)
          }
        }
      }
    }
  } finally {
    await load.stop()
  }
  return results
}

/** Requests without a session are measured in a process that has never had one, as that of Koa alone. */
function inOneProcess(kinds) {
  return [kinds.filter((kind) => kind !== 'none'), kinds.filter((kind) => kind === 'none')]
}

function rotated(list, by) {
  const at = by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

async function measureOne({ name }, measured, load, { seconds, warmUp }) {
  if (measured.length === 0) return []
  const server = await startServer(name)
  try {
    const figures = []
    await load.do('connect', { port: server.port, connections, sessions: measured.includes('none') ? 0 : sessions })
    for (const kind of measured) {
      const before = await server.ask('cpu')
      const { total, ...result } = await load.do('measure', { kind, seconds, warmUp })
      const after = await server.ask('cpu')
      if (kind === 'write') await load.do('verify')
      const cpu = after.user + after.system - before.user - before.system
      figures.push([kind, { ...result, cpuPerRequest: cpu / total }])
    }
    await load.do('close')
    return figures
  } finally {
    await server.stop()
  }
}
