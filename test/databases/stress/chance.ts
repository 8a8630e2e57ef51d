import type { Deed } from './log.js'

/** How often a browser does what, of a hundred times. */
const shares: Readonly<Partial<Record<Deed, number>>> = {
  mark: 26,
  count: 22,
  push: 14,
  label: 9,
  drop: 6,
  login: 8,
  read: 12,
  logout: 2,
  revoke: 1,
}

const all = Object.entries(shares).flatMap(([deed, share]) => Array.from({ length: share }, () => deed as Deed))

/** What a browser does next. */
export function choose(): Deed {
  return pick(all)
}

/** Any of them. There must be one. */
export function pick<T>(from: readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)] as T
}
