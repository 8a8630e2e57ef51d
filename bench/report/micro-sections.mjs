import { databaseCpuSection } from './database-cpu-section.mjs'
import { processesSection } from './processes-section.mjs'
import { profileSection } from './profile-section.mjs'
import { number, table } from './text.mjs'

const spread = ({ median, min, max }, digits = 1) =>
  `${number(median, digits)} (${number(min, digits)}–${number(max, digits)})`
const timeTable = (result) =>
  table(
    ['', 'µs'],
    Object.entries(result).map(([name, values]) => [name, spread(values, values.median < 10 ? 2 : 1)]),
  )

/** How each benchmark is shown that is not one of requests alone. */
const sections = {
  databaseCpu: databaseCpuSection,
  processes: processesSection,
  one: (result) => ['## One load at a time, PostgreSQL', timeTable(result)],
  sqlite: (result) => ['## One load at a time, better-sqlite3 in memory', timeTable(result)],
  parallel: (result) => ['## Loads in parallel, PostgreSQL, per second', parallelTable(result)],
  cpu: (result) => ['## Ids, cookies and JSON', timeTable(result)],
  large: (result) => [
    '## A session of 100 KB that is not touched',
    ...Object.entries(result).map(([database, times]) => `${database}:\n\n${timeTable(times)}`),
  ],
  rows: (result) => ['## One load at a time, by the size of the table, PostgreSQL', timeTable(result)],
  scale: (result) => ['## By the number of sessions, PostgreSQL', curvePicture, scaleTable(result)],
  partitions: ({ parallel, count, byDatabase }) => [
    `## ${number(count)} sessions in partitions, ${parallel} at a time`,
    table(
      ['', 'per second'],
      Object.entries(byDatabase).flatMap(([database, rates]) =>
        Object.entries(rates).map(([name, rate]) => [`${database}: ${name}`, spread(rate, 0)]),
      ),
    ),
  ],
  cleanup: (result) => [
    '## Clean-up of expired rows, half of all, under load',
    'A write that is slow without a wait for a lock waits for the disk, or for a processor. On PostgreSQL the lock waits are looked at again and again, and a wait that is shorter than the time between two looks may not be seen; MariaDB counts them all.',
    cleanupTable(result),
  ],
  memory: (result) => ['## Memory', memoryTable(result)],
  profile: profileSection,
}

const curvePicture =
  '<picture><source media="(prefers-color-scheme: dark)" srcset="charts/scale-dark.svg"><img alt="Load, disk and clean-up by the number of sessions" src="charts/scale-light.svg"></picture>'

/** The sections for which there are results. */
export function microSections(results) {
  return Object.entries(sections).flatMap(([name, show]) => (results[name] ? show(results[name].result) : []))
}

function parallelTable(result) {
  const counts = Object.keys(result)
  const rows = Object.keys(result[counts[0]]).map((name) => [name, ...counts.map((n) => spread(result[n][name], 0))])
  return table(['', ...counts.map((count) => `${count} at a time`)], rows)
}

const megabytes = (bytes) => number(bytes / 2 ** 20, 1)

function cleanupTable(result) {
  const rows = Object.entries(result).flatMap(([database, { rows, without, during }]) =>
    Object.entries({ [`without, ${number(rows)} rows`]: without, during }).map(([name, figures]) => [
      `${database}, ${name}`,
      number(figures.seconds, 1),
      number(figures.p99, 1),
      number(figures.slowestWrite, 1),
      lockWaitCell(figures.lockWait),
      `${megabytes(figures.before)}, ${megabytes(figures.most)}`,
    ]),
  )
  const lockWait = 'longest lock wait, ms (between two looks at the most)'
  return table(
    ['', 'seconds', 'p99 of reads, ms', 'slowest write, ms', lockWait, 'memory before and at most, MB'],
    rows,
  )
}

function scaleTable(result) {
  const rows = result.map(({ sessions, load, bytes, indexBytes, wal, cleanedPerSecond, grown }) => [
    number(sessions),
    spread(load),
    `${number(bytes)} (${number(indexBytes)})`,
    `${number(wal.first)}, ${number(wal.again)}`,
    number(cleanedPerSecond),
    megabytes(grown),
  ])
  const wal = 'log for a change, bytes: page new in the log, page logged already'
  return table(
    ['sessions', 'load, µs', 'disk a session, bytes (indexes)', wal, 'clean-up, rows/s', 'process grew by, MB'],
    rows,
  )
}

/** Earlier results have none. */
function lockWaitCell(lockWait) {
  return lockWait ? `${number(lockWait.longest, 1)} (${number(lockWait.gap, 1)})` : ''
}

function memoryTable({ first, second, byName }) {
  const rows = Object.entries(byName).map(([name, { before, after }]) => [
    name,
    megabytes(before.heapUsed),
    megabytes(after.heapUsed),
    `${number(after.heapUsed / before.heapUsed, 3)} ×`,
    `${megabytes(before.rss)}, ${megabytes(after.rss)}`,
  ])
  const after = (count) => `heap after ${number(count)} requests, MB`
  return table(['', after(first), after(second), 'ratio', 'resident, both, MB'], rows)
}
