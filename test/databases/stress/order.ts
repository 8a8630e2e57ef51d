import type { Order } from './deeds.js'

/** The query of a request that asks for this. */
export function queryOf({ n, user, drop }: Order): string {
  return `?n=${n}&user=${user}${drop === undefined ? '' : `&drop=${drop}`}`
}

/** What the query of a request asks for. */
export function orderOf({ n, user, drop }: Readonly<Record<string, unknown>>): Order {
  return { n: Number(n), user: Number(user), drop: drop === undefined ? undefined : Number(drop) }
}
