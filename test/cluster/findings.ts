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
  const { log, rows, violations } = report
  return { row: { trial, ...summaryOf(report) }, faults, notes: explain(report), record: { violations, log, rows } }
}

/** How long after the end of a disturbance requests may be refused, in milliseconds. */
const recovery = 2000

/** What a stress has found while something happened, of which `end` is the last event. */
export function disturbed(trial: string, found: Disturbed, end?: string): Finding {
  const { report, events } = found
  const { log, rows, violations } = report
  const late = end === undefined ? 0 : refusedAfter(report, (events.get(end) ?? 0) + recovery)
  const faults = [
    ...faultsOf(report),
    ...(late > 0 ? [`${late} refused later than ${recovery} ms after it ${end}`] : []),
  ]
  const record = { events: [...events], violations, log, rows }
  return { row: rowOf(trial, found), faults, notes: explain(report), seconds: timeline(report), record }
}

function refusedAfter({ log }: Report, since: number): number {
  return log.filter(({ outcome, sentAt }) => outcome === 'refused' && sentAt > since).length
}
