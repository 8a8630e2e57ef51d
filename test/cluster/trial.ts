import type { Job } from '../databases/stress/job.js'

/** How much a trial does. */
export interface TrialOptions {
  /** The requests of a stress. */
  readonly requests: number
  /** How long a disturbance lasts, in seconds. */
  readonly seconds: number
  readonly orms: readonly Job['orm'][]
}

/** One row of the table of trials. */
export type Row = Readonly<Record<string, string | number>>

/** What one part of a trial has found. */
export interface Finding {
  readonly row: Row
  /** What must not be, in words. Empty if all is as it should be. */
  readonly faults: readonly string[]
  /** Errors by cause, and what else helps to understand the row. */
  readonly notes?: string
  /** What clients were told, second by second. */
  readonly seconds?: readonly Row[]
  /** Every request and the rows in the end, to be kept where something is wrong. */
  readonly record?: object
}

/** A cluster under load. */
export interface Trial {
  readonly name: string
  /** What must be installed: a file, and the Debian package that has it. */
  readonly needs: Readonly<Record<string, string>>
  /** Tells each finding as soon as there is one. */
  run(options: TrialOptions, found: (finding: Finding) => void): Promise<void>
}
