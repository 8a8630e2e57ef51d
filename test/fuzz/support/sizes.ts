import fc from 'fast-check'

/** How many cases of each kind are tried: with the other tests, and by `npm run fuzz`. */
const sizes = {
  /** Cookie headers that are given to the app's handler. */
  headers: { short: 3000, long: 180_000 },
  /** Cookie headers that are sent to a server. */
  requests: { short: 300, long: 20_000 },
  values: { short: 500, long: 50_000 },
  /** Some change only meta data, so that more than 20,000 change what is encrypted. */
  ciphertexts: { short: 1000, long: 28_000 },
  traces: { short: 500, long: 10_000 },
  conditions: { short: 2000, long: 50_000 },
} as const

export type Kind = keyof typeof sizes

/** Whether this is the long form. */
export const isLong = process.env.FUZZ === 'long'

/** The same seed gives the same cases. */
export const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31))

/** How many cases there are to try: `FUZZ_HEADERS`, `FUZZ_VALUES` and so on tell other numbers. */
export function sizeOf(kind: Kind): number {
  return Number(process.env[`FUZZ_${kind.toUpperCase()}`] ?? sizes[kind][isLong ? 'long' : 'short'])
}

/** Tries the property so often. Its failure tells the seed, and the smallest case that was found. */
export async function holds<T>(property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> {
  await fc.assert(property, { seed, numRuns })
}
