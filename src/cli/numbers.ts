import { usageError } from './cli-error.js'

/** The rows of one batch. Throws for a number that is out of range. */
export function batchSize(given: number | undefined): number {
  return within('--batch', given ?? 1000, 1, 10_000)
}

/** Throws unless the number is a whole one in the range. */
export function within(flag: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw usageError(`${flag} takes a whole number from ${least} to ${most}.`)
}
