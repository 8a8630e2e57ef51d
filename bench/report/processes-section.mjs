import { competitors, labelOf } from '../competitors.mjs'
import { median, summary } from '../statistics.mjs'
import { number, table } from './text.mjs'

const parts = { servers: 'servers', proxy: 'HAProxy', database: 'PostgreSQL', load: 'load generator' }
const head = [
  '',
  'requests/s',
  'p50, ms',
  'p99, ms',
  'requests a find, a write',
  ...Object.values(parts).map((title) => `CPU: ${title}`),
]

/** One process and four behind HAProxy, on one PostgreSQL. */
export function processesSection({ processors, byName }) {
  return [
    '## One process and four, behind HAProxy',
    `64 connections in all, ten to PostgreSQL in all. CPU: shares of all ${processors} processors, which also the proxy, the database and the load generator need. "Requests a find, a write": how many requests one statement of these kinds serves.`,
    ...competitors
      .filter(({ name }) => byName[name])
      .flatMap((competitor) => [
        `### ${labelOf(competitor)}, by processes`,
        table(head, rowsOf(byName[competitor.name])),
      ]),
  ]
}

function rowsOf(byKind) {
  return Object.entries(byKind).flatMap(([kind, byFleet]) =>
    Object.entries(byFleet).map(([fleet, rounds]) => [`${kind}, ${fleet}`, ...cellsOf(rounds)]),
  )
}

function cellsOf(rounds) {
  const of = (property) => rounds.map((round) => round[property]).filter((value) => value !== undefined)
  const show = (property, format) => (of(property).length > 0 ? format(median(of(property))) : '')
  const rate = summary(of('perSecond'))
  const perStatement = ['rowsPerFind', 'rowsPerWrite'].map((name) => show(name, (value) => number(value, 1)))
  return [
    `${number(rate.median)} (${number(rate.min)}–${number(rate.max)})`,
    show('p50', (value) => number(value, 1)),
    show('p99', (value) => number(value, 1)),
    perStatement.filter(Boolean).join(', '),
    ...Object.keys(parts).map((part) => show(part, (value) => `${number(value * 100)} %`)),
  ]
}
