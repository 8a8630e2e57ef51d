import type { Entry, Fault, FinalRow, Outcome, Violation } from './log.js'

/** What a run has found. */
export interface Findings {
  readonly name: string
  readonly log: readonly Entry[]
  /** The rows in the end. */
  readonly rows: readonly FinalRow[]
  readonly seconds: number
  readonly conflicts: number
  /** What the processes reported as errors, and how often. */
  readonly errors: ReadonlyMap<string, number>
  readonly violations: readonly Violation[]
}

/** The counts of a run. */
export interface Report extends Findings {
  readonly requests: number
  readonly counts: Readonly<Record<Outcome | Fault, number>>
}

/** Counts what a run has found. */
export function reportOf(found: Findings): Report {
  const outcome = (name: Outcome): number => found.log.filter((entry) => entry.outcome === name).length
  const fault = (name: Fault): number => found.violations.filter((violation) => violation.fault === name).length
  const counts = {
    stored: outcome('stored'),
    gone: outcome('gone'),
    refused: outcome('refused'),
    failed: outcome('failed'),
    lost: fault('lost'),
    revived: fault('revived'),
    leaked: fault('leaked'),
  }
  return { ...found, requests: found.log.length, counts }
}

/** The row of a table of reports. */
export function summaryOf({ name, requests, counts, conflicts, seconds }: Report): Record<string, string | number> {
  return { name, requests, ...counts, conflicts, seconds: Number(seconds.toFixed(1)) }
}

/** What went wrong, to be read in a failed test. */
export function explain({ violations, errors }: Report): string {
  const faults = violations.slice(0, 20).map(({ fault, what }) => `${fault}: ${what}`)
  return [...faults, ...Array.from(errors, ([reason, n]) => `${n} × ${reason}`)].join('\n')
}
