import { labelOf } from '../competitors.mjs'
import { startLoad } from '../processes.mjs'
import { check } from './check.mjs'
import { withContestants } from './contestants.mjs'

/** Measures every competitor in every round, and gives for each kind and competitor what each round gave. */
export async function measureRequests(competitors, kinds, options, log) {
  for (const competitor of competitors) {
    await check(competitor)
    log(`${labelOf(competitor)}: answers rightly`)
  }
  return withOwnLoad((load) =>
    withContestants(competitors, kinds, load, (all) => measureInTurns(all, kinds, options, figuresOf, log)),
  )
}

/** Calls `use` with a load generator. */
export async function withOwnLoad(use) {
  const load = startLoad()
  try {
    return await use(load)
  } finally {
    await load.stop()
  }
}

/**
 * Measures each for a moment in every round, while the processes of all are alive: what disturbs the machine disturbs all,
 * and the order moves by one every round. `describe` makes what is kept of a moment.
 */
export async function measureInTurns(contestants, kinds, options, describe, log) {
  const results = Object.fromEntries(kinds.map((kind) => [kind, {}]))
  for (const contestant of contestants) await contestant.warmUp(options.warmUp)
  for (let round = 0; round < options.rounds; round++) {
    for (const kind of kinds) {
      const able = contestants.filter((contestant) => contestant.kinds.includes(kind))
      for (const contestant of rotated(able, round)) {
        results[kind][contestant.name] ??= []
        results[kind][contestant.name].push(describe(await contestant.measure(kind, options), kind))
      }
      log(`round ${round + 1}, ${kind}: ${lastRates(results[kind])}`)
    }
  }
  for (const contestant of contestants) await contestant.verify()
  return results
}

function figuresOf({ perSecond, p50, p99, total, used }) {
  return { perSecond, p50, p99, cpuPerRequest: used.cpu / total }
}

function rotated(list, by) {
  const at = by % Math.max(1, list.length)
  return [...list.slice(at), ...list.slice(0, at)]
}

function lastRates(byName) {
  return Object.entries(byName)
    .map(([name, rounds]) => `${name} ${Math.round(rounds.at(-1).perSecond)}/s`)
    .join(', ')
}
