import { isWellFormedId } from '../core/codec/id.js'
import type { CookieSink } from '../core/session/cookie-sink.js'
import type { KoaContext } from './context.js'

/** What a request carries for an id: an id, or `'malformed'` for a value that cannot be one. */
export type CarriedId = { readonly id: string } | 'malformed' | undefined

/** The way of ids between the clients of one middleware and its sessions. */
export interface IdChannel {
  /** The id that the request carries. No malformed value reaches the database. */
  read(ctx: KoaContext): CarriedId
  /** The name of the cookie on this request; `undefined` if ids do not travel in the cookie. */
  nameOn(ctx: KoaContext): string | undefined
  /** Whether the request may have the cookie of a package before, by the option `adopt`. */
  mayAdopt(ctx: KoaContext, found: CarriedId): boolean
  /** The part that tells the client of its id, with the response. `isOld` says that the request has an old cookie. */
  sinkOf(ctx: KoaContext, isOld: boolean): CookieSink
}

/** The id in a value of a request. */
export function idIn(value: string | undefined): CarriedId {
  if (!value) return undefined
  return isWellFormedId(value) ? { id: value } : 'malformed'
}
