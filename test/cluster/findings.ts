import { explain, type Report, summaryOf } from '../databases/stress/report.js'
import { type Disturbed, rowOf, timeline } from './disturbed-stress.js'
import type { Finding } from './trial.js'

/** What must not be after any trial. */
export function faultsOf({ counts: { lost, revived, leaked, failed } }: Report): string[] {
  return Object.entries({ lost, revived, leaked, failed }).flatMap(([name, n]) => (n > 0 ? [`${n} ${name}`] : []))
}

/** What a stress has found where a server always answers, so that no request may be refused. */
export function undisturbed(trial: string, report: Report): Finding {
  const { refused } = report.counts
  const faults = [...faultsOf(report), ...(refused > 0 ? [`${refused} refused`] : [])]
  return { row: { trial, ...summaryOf(report) }, faults, notes: explain(report) }
}

/** What a stress has found while something happened. Requests may be refused `lastRefusal` seconds long after it. */
export function disturbed(trial: string, found: Disturbed): Finding {
  const { report } = found
  return { row: rowOf(trial, found), faults: faultsOf(report), notes: explain(report), seconds: timeline(report) }
}
