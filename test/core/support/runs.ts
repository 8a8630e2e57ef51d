import type { Parameters } from 'fast-check'

/** How often a property is tried. `FC_SEED` repeats a run, and `FC_RUNS` multiplies their number. */
export function runs(numRuns: number): Parameters<unknown> {
  const { FC_SEED: seed, FC_RUNS: factor = '1' } = process.env
  return { numRuns: Math.ceil(numRuns * Number(factor)), ...(seed && { seed: Number(seed) }) }
}
