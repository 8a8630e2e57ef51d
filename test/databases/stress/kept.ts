import { droppedIn, type History, historyOf, lastWrites } from './history.js'
import type { Lineage, Session } from './lineage.js'
import { type Entry, type FinalRow, keyOf, setsKey, setsLabel, type Violation } from './log.js'

/** What the row of a living session lacks, and what is in it but should not be. */
export function checkKept(session: Session, row: FinalRow, lineage: Lineage): Violation[] {
  const history = historyOf(session, lineage)
  return [
    ...checkKeys(history, row),
    ...checkItems(history, row),
    ...checkCounter('hits', history, row),
    ...checkCounter('points', history, row),
    ...checkLast('label', session, row),
    ...checkLast('last', session, row),
    ...checkUser(session, row),
  ]
}

/** Each acknowledged key is there unless it was deleted, and none that was deleted. */
function checkKeys(history: History, { id, properties }: FinalRow): Violation[] {
  const isThere = (n: number): boolean => keyOf(n) in properties
  const dropped = droppedIn(history)
  const lost = history.sure.filter((entry) => setsKey(entry) && !dropped.possible.has(entry.n) && !isThere(entry.n))
  const back = [...dropped.sure].filter(isThere)
  const known = new Set(history.possible.filter(setsKey).map(({ n }) => keyOf(n)))
  const leaked = Object.keys(properties).filter((key) => key.startsWith(keyOf(0).slice(0, -1)) && !known.has(key))
  return [
    ...lost.map(({ n, deed }) => violation('lost', `the key of request ${n} (${deed}) in ${id}`)),
    ...back.map((n) => violation('lost', `the deletion of the key of request ${n} in ${id}`)),
    ...leaked.map((key) => violation('leaked', `the key ${key} in ${id}`)),
  ]
}

/** Each acknowledged item of the nested list is there, once, and no other one. */
function checkItems(history: History, { id, properties }: FinalRow): Violation[] {
  const { items = [] } = (properties.cart ?? {}) as { items?: readonly number[] }
  const isPush = ({ deed }: Entry): boolean => deed === 'push'
  const possible = new Set(history.possible.filter(isPush).map(({ n }) => n))
  const lost = history.sure.filter((entry) => isPush(entry) && !items.includes(entry.n))
  const leaked = items.filter((n, index) => !possible.has(n) || items.indexOf(n) < index)
  return [
    ...lost.map(({ n }) => violation('lost', `the item of request ${n} in ${id}`)),
    ...leaked.map((n) => violation('leaked', `the item ${n} in ${id}`)),
  ]
}

/** Each acknowledged increment counts once; one whose answer was an error may count. */
function checkCounter(name: string, { sure, possible }: History, { id, properties }: FinalRow): Violation[] {
  const count = (entries: readonly Entry[]): number => entries.filter(({ deed }) => deed === 'count').length
  const [least, most, value] = [count(sure), count(possible), Number(properties[name] ?? 0)]
  const range = `${name} is ${value}, not ${least} to ${most}, in ${id}`
  if (value < least) return Array.from({ length: least - value }, () => violation('lost', range))
  return value > most ? [violation('leaked', range)] : []
}

/** A value that several requests write is that of one which no other one has replaced for sure. */
function checkLast(name: string, { stored, unsure }: Session, { id, properties }: FinalRow): Violation[] {
  const candidates = lastWrites([...stored, ...unsure].filter(setsLabel)).map(({ n }) => n)
  const value = Number(properties[name])
  return candidates.includes(value) ? [] : [violation('lost', `${name} is ${value}, not one of ${candidates} in ${id}`)]
}

function checkUser({ birth: { user } }: Session, { id, properties }: FinalRow): Violation[] {
  const names = ['user', 'userId'].filter((name) => properties[name] !== user)
  return names.map((name) => violation('lost', `${name} is ${properties[name]}, not ${user}, in ${id}`))
}

function violation(fault: Violation['fault'], what: string): Violation {
  return { fault, what }
}
