import { competitors, kinds, labelOf } from '../competitors.mjs'
import { micro } from '../plan.mjs'
import { summary } from '../statistics.mjs'
import { describePackages } from './machine.mjs'
import { microSections } from './micro-sections.mjs'
import { targetRows } from './target-rows.mjs'
import { number, table } from './text.mjs'

/** RESULTS.md, from the results that there are. */
export function markdownOf(results) {
  const versions = Object.assign({}, ...Object.values(results).map((entry) => entry.versions))
  const machines = new Set(Object.values(results).map((entry) => entry.machine))
  return `${[
    '# Results',
    'Written by `npm run bench`; see [README.md](README.md) for what is measured and how. Medians; in brackets the least and the most.',
    `Machine: ${[...machines].join(', or ')}. ${Object.values(versions).filter(Boolean).join(', ')}. The databases, the competitor and the load generator share the machine.`,
    `Packages: ${describePackages()}.`,
    '## Figures to reach',
    ...targetRows(results),
    ...Object.keys(kinds).flatMap((kind) => (results[kind] ? requestSection(kind, results[kind]) : [])),
    ...microSections(results),
    '## When',
    'Where the load average was high before a benchmark began, the machine did other work too: such figures are rough.',
    table(['benchmark', 'finished', 'rounds', 'load average (1, 5, 15 minutes)'], Object.entries(results).map(when)),
  ].join('\n\n')}\n`
}

function requestSection(kind, { result, options }) {
  const rows = competitors.filter(({ name }) => result[name]).map((competitor) => requestRow(competitor, result))
  return [
    `## Requests: ${kind}`,
    `${upperFirst(kinds[kind])}. 64 keep-alive connections, ${options.rounds} interleaved rounds of ${options.seconds} s.`,
    `<picture><source media="(prefers-color-scheme: dark)" srcset="charts/${kind}-dark.svg"><img alt="Requests per second: ${kind}" src="charts/${kind}-light.svg"></picture>`,
    table(['', 'requests/s', 'p50, ms', 'p99, ms', 'CPU of the process for one request, µs'], rows),
  ]
}

function requestRow(competitor, result) {
  const of = (property) => summary(result[competitor.name].map((round) => round[property]))
  const rate = of('perSecond')
  return [
    labelOf(competitor),
    `${number(rate.median)} (${number(rate.min)}–${number(rate.max)})`,
    number(of('p50').median, 1),
    number(of('p99').median, 1),
    number(of('cpuPerRequest').median),
  ]
}

function when([name, { at, options, load }]) {
  const size = options.full && ['rows', 'scale', 'partitions', 'memory', 'cleanup'].includes(name) ? ', full' : ''
  return [
    `${name}${name in micro ? `: ${micro[name]}` : ''}`,
    `${at.slice(0, 16).replace('T', ' ')} UTC`,
    `${options.rounds}${size}`,
    load,
  ]
}

function upperFirst(text) {
  return text[0].toUpperCase() + text.slice(1)
}
