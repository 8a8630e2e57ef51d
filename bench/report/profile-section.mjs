import { competitors, labelOf } from '../competitors.mjs'
import { number, table } from './text.mjs'

/** Where the time of our processes goes, by part and by function. */
export function profileSection(result) {
  return [
    '## Where the time goes',
    'Shares of the time in which the process is busy.',
    ...Object.entries(result).flatMap(oneOf),
  ]
}

function oneOf([name, byKind]) {
  const competitor = competitors.find((candidate) => candidate.name === name)
  const kinds = Object.keys(byKind)
  const parts = [...new Set(kinds.flatMap((kind) => Object.keys(byKind[kind].parts)))]
  const rows = parts.map((part) => [part, ...kinds.map((kind) => percent(byKind[kind].parts[part]))])
  const details = kinds.map((kind) => {
    const functions = Object.entries(byKind[kind].functions).map(([at, share]) => [`\`${at}\``, percent(share)])
    return `<details><summary>${kind}: the functions that take most</summary>\n\n${table(['', 'share'], functions)}\n\n</details>`
  })
  return [`### ${labelOf(competitor)}`, table(['', ...kinds], rows), ...details]
}

function percent(share) {
  return share === undefined ? '' : `${number(share * 100, 1)} %`
}
