import { performance } from 'node:perf_hooks'
import { summary } from '../statistics.mjs'

/**
 * Microseconds for one call of each function, measured in turns. Asynchronous ones are awaited one by one.
 */
export async function timeEach(functions, { rounds, milliseconds }) {
  return inTurns(functions, rounds, async (run) => {
    const { calls, elapsed } = await repeat(run, milliseconds)
    return (elapsed * 1000) / calls
  })
}

/** Calls per second of each function, with several calls under way at a time, measured in turns. */
export async function rateEach(functions, { rounds, milliseconds, parallel }) {
  return inTurns(functions, rounds, async (run) => {
    const loops = Array.from({ length: parallel }, () => repeat(run, milliseconds))
    const counts = (await Promise.all(loops)).map(({ calls, elapsed }) => (calls * 1000) / elapsed)
    return counts.reduce((sum, count) => sum + count, 0)
  })
}

/** Microseconds for one call of each synchronous function, measured in turns. */
export function timeEachSync(functions, { rounds, milliseconds }) {
  return inTurns(functions, rounds, (run) => {
    const begin = performance.now()
    let calls = 0
    let elapsed = 0
    for (; elapsed < milliseconds; elapsed = performance.now() - begin) {
      for (let i = 0; i < 100; i++) run()
      calls += 100
    }
    return (elapsed * 1000) / calls
  })
}

/** A first round warms up, and is not counted. */
async function inTurns(functions, rounds, measure) {
  const names = Object.keys(functions)
  const values = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const value = await measure(functions[name])
      if (round >= 0) values[name].push(value)
    }
  }
  return Object.fromEntries(names.map((name) => [name, summary(values[name])]))
}

async function repeat(run, milliseconds) {
  const begin = performance.now()
  let calls = 0
  let elapsed = 0
  for (; elapsed < milliseconds; elapsed = performance.now() - begin) {
    await run()
    calls++
  }
  return { calls, elapsed }
}
