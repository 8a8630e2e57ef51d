import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { competitors, kinds } from '../competitors.mjs'
import { chartOf } from './chart.mjs'
import { curvesOf } from './curves.mjs'
import { markdownOf } from './markdown.mjs'

const path = (file) => new URL(`../${file}`, import.meta.url)
const stored = path('results.json')

/** The latest result of every benchmark, so that one can be measured again without the others. */
export function readResults() {
  try {
    return JSON.parse(readFileSync(stored, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}

/** Keeps the result in the place of the last one of this name. */
export function storeResult(name, result) {
  const text = JSON.stringify({ ...readResults(), [name]: result }, rounded, 1)
  // A list of numbers or a small object needs no line for each of them.
  const short = text.replace(/\{[^{}[\]]*\}/g, (found) => found.replace(/\s+/g, ' '))
  writeFileSync(stored, `${short}\n`)
}

function rounded(_, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
}

/** Writes RESULTS.md, and a light and a dark chart for every kind of request and for the number of sessions. */
export async function writeReport(results) {
  mkdirSync(path('charts'), { recursive: true })
  const shown = competitors.filter(({ isTrial }) => !isTrial)
  for (const kind of Object.keys(kinds).filter((kind) => results[kind])) {
    for (const theme of ['light', 'dark'])
      writeFileSync(path(`charts/${kind}-${theme}.svg`), chartOf(kind, results[kind].result, shown, theme))
  }
  for (const theme of results.scale ? ['light', 'dark'] : [])
    writeFileSync(path(`charts/scale-${theme}.svg`), curvesOf(results.scale.result, theme))
  writeFileSync(path('RESULTS.md'), markdownOf(results))
}
