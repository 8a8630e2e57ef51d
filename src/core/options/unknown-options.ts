import { SessionError } from '../errors.js'
import { invalidOption, shown } from '../validation.js'

/** Sentences that say what to write instead, by the name of an option that does not exist. */
export type OptionHints = ReadonlyMap<string, string>

const noHints: OptionHints = new Map()

/**
 * Throws `OPTION_UNKNOWN` if `options` has a name that is not among `names`, and `OPTION_INVALID` if it is no object. The
 * message says what to write instead: from the `hints`, which know options of other packages, or the nearest name.
 */
export function assertKnown(
  where: string,
  options: object,
  names: readonly string[],
  hints: OptionHints = noHints,
): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(where, shown(options), 'an object of options')
  }
  const unknown = Object.keys(options).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw unknownOptions(where, unknown, names, hints)
}

function unknownOptions(
  where: string,
  unknown: readonly string[],
  names: readonly string[],
  hints: OptionHints,
): SessionError {
  const told = unknown.map((name) => hints.get(name) ?? nearestHint(name, names, hints))
  const quoted = unknown.map((name) => `'${name}'`)
  const cause = quoted.length === 1 ? `no option ${quoted[0]}` : `no options ${quoted.join(', ')}`
  const advice = told.map((hint, index) => (hint && unknown.length > 1 ? `For ${quoted[index]}: ${hint}` : hint))
  const list = unknown.every((name) => hints.has(name)) ? undefined : `It has: ${names.join(', ')}.`
  const sentences = [`${where} has ${cause}.`, ...advice, list].filter((sentence) => sentence !== undefined)
  return new SessionError('OPTION_UNKNOWN', sentences.join(' '))
}

/** A hint to the nearest name among the options and the hints, if one is near enough. */
function nearestHint(name: string, names: readonly string[], hints: OptionHints): string | undefined {
  const nearest = nearestOf(name, [...names, ...hints.keys()])
  if (nearest === undefined) return undefined
  return [`Did you mean ${nearest}?`, ...(names.includes(nearest) ? [] : [hints.get(nearest)])].join(' ')
}

/** The nearest name: it differs only in capitals, or in at most a third of the letters. */
function nearestOf(name: string, names: readonly string[]): string | undefined {
  const given = plain(name)
  const distances = names.map((other) => ({ other, distance: distanceOf(given, plain(other)) }))
  const [best] = distances.sort((one, two) => one.distance - two.distance)
  return best && best.distance <= Math.floor(given.length / 3) ? best.other : undefined
}

function plain(name: string): string {
  return name.slice(0, 40).toLowerCase().replaceAll(/[_-]/g, '')
}

/** The number of letters to add, remove, replace or swap with their neighbour (optimal string alignment distance). */
function distanceOf(one: string, two: string): number {
  const rows = [Array.from({ length: two.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= one.length; i++) {
    const [above = [], twoAbove = []] = [rows[i - 1], rows[i - 2]]
    const row = [i]
    for (let j = 1; j <= two.length; j++) {
      const cost = one[i - 1] === two[j - 1] ? 0 : 1
      const isSwap = one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]
      const changes = [at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + cost]
      row.push(Math.min(...changes, ...(isSwap ? [at(twoAbove, j - 2) + 1] : [])))
    }
    rows.push(row)
  }
  return at(rows[one.length] ?? [], two.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
