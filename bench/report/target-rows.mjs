import { competitors, labelOf } from '../competitors.mjs'
import { median } from '../statistics.mjs'
import { cpuTargets } from './cpu-targets.mjs'
import { microTargets, ratioOf, requestTargets } from './targets.mjs'
import { number, table } from './text.mjs'

/** What must be reached, what was, and whether that is enough. */
export function targetRows(results) {
  const rows = [
    ...requestTargets.map((target) => requestRow(target, results)),
    ...cpuTargets.map(({ value, ...target }) => mostRow(target, value(results))),
    ...microTargets.map((target) => microRow(target, results)),
  ]
  const missed = rows.filter((row) => row.at(-1) === 'no').length
  const measured = rows.filter((row) => row.at(-1) !== 'not measured').length
  return [
    `Reached: ${measured - missed} of the ${measured} that were measured.`,
    table(['work', 'at least, at most', 'measured', 'reached'], rows),
    ...shortfalls(results),
  ]
}

/** How far off the figures are that were not reached, and what nobody can go beyond. */
function shortfalls(results) {
  const lines = [
    ...requestTargets.map((target) => requestShortfall(target, results)),
    ...microTargets.map((target) => microShortfall(target, results)),
  ].filter(Boolean)
  if (lines.length === 0) return []
  return ['What was not reached ([where the time goes](#where-the-time-goes)):', lines.join('\n')]
}

function requestShortfall({ kind, ours, against, target }, results) {
  const result = results[kind]?.result
  if (!result?.[ours] || !result[against]) return undefined
  const [reached, needed] = [rateOf(result[ours]), rateOf(result[against]) * target]
  if (reached >= needed) return undefined
  const bare = results.none?.result.bare
  const most = bare && kind !== 'none' ? `; Koa without sessions answers ${number(rateOf(bare))}` : ''
  return `- ${kind}, ${titleOf(ours)}, against ${titleOf(against)}: ${number(needed)} requests/s are needed, ${number(reached)} were measured${most}.`
}

function microShortfall({ name, work, target, value, bound }, results) {
  const measured = results[name] && value(results[name].result)
  if (measured === undefined || measured <= target || !bound) return undefined
  const { what, ratio } = bound(results[name].result)
  return `- ${work}: ${what} alone takes ${number(ratio, 2)} ×.`
}

function rateOf(rounds) {
  return median(rounds.map(({ perSecond }) => perSecond))
}

function requestRow({ kind, ours, against, target }, results) {
  const work = `${kind}: **${titleOf(ours)}** against ${titleOf(against)}`
  const result = results[kind]?.result
  if (!result?.[ours] || !result[against]) return [work, `≥ ${target} ×`, '', 'not measured']
  const { median, min, max } = ratioOf(result[ours], result[against])
  const measured = `${number(median, 2)} × (${number(min, 2)}–${number(max, 2)})`
  return [work, `≥ ${target} ×`, measured, median >= target ? 'yes' : 'no']
}

function microRow({ name, value, ...target }, results) {
  return mostRow(target, results[name] && value(results[name].result))
}

function mostRow({ work, target, unit = '×' }, measured) {
  if (measured === undefined) return [work, `≤ ${target} ${unit}`, '', 'not measured']
  return [work, `≤ ${target} ${unit}`, `${number(measured, 2)} ${unit}`, measured <= target ? 'yes' : 'no']
}

function titleOf(wanted) {
  return labelOf(competitors.find(({ name }) => name === wanted))
}
