import { labelOf } from './competitors.mjs'
import { measureRequests } from './http/rounds.mjs'
import { settle } from './plan.mjs'
import { median } from './statistics.mjs'

/** What is compared, and how little of its stored ratio may be left. */
const peers = { read: ['map', 'pg'], write: ['map', 'pg'], mixed: ['map'], none: ['bare'] }
const least = 0.85
const ours = ['ours-typeorm', 'ours-sequelize']
const options = { rounds: 9, seconds: 0.5, warmUp: 1, settle }

/**
 * Measures for about two minutes how this package stands to others, and compares that with `results.json`, which it does not
 * change. Ratios of one run, not times: another machine has other times. Resolves to whether no ratio has lost too much.
 */
export async function measureQuickly(usable, stored, log) {
  const names = [...ours, ...new Set(Object.values(peers).flat())]
  const measured = usable.filter(({ name }) => names.includes(name))
  const now = await measureRequests(measured, Object.keys(peers), options, () => {})
  const rows = Object.entries(peers).flatMap(([kind, others]) =>
    ours.flatMap((name) => others.map((other) => ratioOf(kind, name, other, now[kind], stored[kind]?.result))),
  )
  const known = rows.filter((row) => row !== undefined)
  for (const { kind, name, other, ratio, before } of known) {
    const verdict = before === undefined ? 'nothing to compare with' : ratio < before * least ? 'SLOWER' : 'as before'
    log(`${kind}: ${name} / ${other} = ${ratio.toFixed(2)}, stored ${before?.toFixed(2) ?? '?'}: ${verdict}`)
  }
  if (known.length === 0) throw new Error(`Nothing could be compared: ${measured.map(labelOf).join(', ')}`)
  return known.every(({ ratio, before }) => before === undefined || ratio >= before * least)
}

function ratioOf(kind, name, other, now, stored) {
  if (!now[name] || !now[other]) return undefined
  const before = stored?.[name] && stored[other] ? speedOf(stored[name]) / speedOf(stored[other]) : undefined
  return { kind, name, other, ratio: speedOf(now[name]) / speedOf(now[other]), before }
}

function speedOf(rounds) {
  return median(rounds.map(({ perSecond }) => perSecond))
}
