import { hash, randomBytes } from 'node:crypto'
import { invalidId } from '../errors.js'

/**
 * The fewest random bytes of an id: 128 bits, the least that ASVS 7.2.3 accepts.
 *
 * @see https://github.com/OWASP/ASVS/blob/v5.0.0/5.0/en/0x16-V7-Session-Management.md
 */
export const fewestIdBytes = 16
/** The most random bytes of an id: more would make the cookie longer, not safer. */
export const mostIdBytes = 64
/** The length of an id of {@link fewestIdBytes}. */
export const shortestIdLength = 22
/** The length of {@link hashId}'s result. */
export const hashLength = 64

const wellFormed = /^[A-Za-z0-9_-]{22,86}$/

/** Makes a session id: random `bytes` of the operating system, as base64url. */
export function createId(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

/** The length of an id of `bytes`, in characters. */
export function idLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3)
}

/**
 * Whether the value of a cookie can be an id of this package. Every length that the option `idBytes` allows passes, so that
 * changing the option ends no session.
 */
export function isWellFormedId(value: unknown): value is string {
  return typeof value === 'string' && wellFormed.test(value)
}

/** SHA-256 in lower-case hex, which every collation compares alike. SQL computes it by `encode(sha256(…), 'hex')` or `SHA2(…, 256)`. */
export function hashId(id: string): string {
  return hash('sha256', id, 'hex')
}

/** Whether rows hold hashes of ids: with `'migrate'` some still hold the ids themselves. */
export type HashIds = boolean | 'migrate'

/**
 * The row that a session has whose id is not hashed yet; `undefined` without `'migrate'`. What looks like a hash is no id: else
 * the hashes in the table would open their rows.
 */
export function unhashedRowId(id: string, hashIds: HashIds): string | undefined {
  return hashIds === 'migrate' && !/^[0-9a-f]{64}$/i.test(id) ? id : undefined
}

/** The row that `rehash` of the command line moves a row to, whose id is not hashed yet; `undefined` without `'migrate'`. */
export function movedRowId(rowId: string, hashIds: HashIds): string | undefined {
  return unhashedRowId(rowId, hashIds) === undefined ? undefined : hashId(rowId)
}

/** Throws `ID_INVALID` for what cannot be an id, or is kept for rows that are no sessions. */
export function checkId(id: unknown, hashIds: HashIds): asserts id is string {
  if (typeof id !== 'string' || id === '' || (hashIds !== true && id.startsWith('~'))) throw invalidId()
}
