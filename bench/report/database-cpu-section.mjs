import { competitors, labelOf } from '../competitors.mjs'
import { summary } from '../statistics.mjs'
import { number, table } from './text.mjs'

/** What requests cost PostgreSQL. */
export function databaseCpuSection({ read, write }) {
  const rows = competitors.filter(({ name }) => write[name]).map((competitor) => rowOf(competitor, read, write))
  return [
    '## CPU of PostgreSQL',
    'What the backends of the database use of the processors for one request. A write reads the session first.',
    table(['', 'read, µs', 'write, µs', 'write without what a read takes, µs'], rows),
  ]
}

function rowOf(competitor, read, write) {
  const of = (rounds) => rounds.map(({ databaseCpu }) => databaseCpu)
  const [reads, writes] = [of(read[competitor.name]), of(write[competitor.name])]
  const differences = writes.map((value, round) => value - reads[round])
  return [labelOf(competitor), cell(reads), cell(writes), cell(differences)]
}

function cell(values) {
  const { median, min, max } = summary(values)
  return `${number(median, 1)} (${number(min, 1)}–${number(max, 1)})`
}
