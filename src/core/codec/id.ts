import { hash, randomBytes } from 'node:crypto'
import { invalidId } from '../errors.js'

/** 128 bits, the least that OWASP ASVS 7.2.3 accepts. */
export const fewestIdBytes = 16
/** More gives no more safety, and a longer cookie. */
export const mostIdBytes = 64
/** The length of an id of {@link fewestIdBytes}. */
export const shortestIdLength = 22
/** The length of {@link hashId}'s result. */
export const hashLength = 64

const wellFormed = /^[A-Za-z0-9_-]{22,86}$/

/** A new session id: `bytes` from the system's generator, as base64url. */
export function createId(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

/** How many characters an id of `bytes` has. */
export function idLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3)
}

/**
 * Whether a cookie's value could be an id of ours. Every length that `idBytes` allows passes, so that changing the
 * option ends no session.
 */
export function isWellFormedId(value: unknown): value is string {
  return typeof value === 'string' && wellFormed.test(value)
}

/** SHA-256 as lower-case hex: the same in every collation, and what `encode(sha256(…), 'hex')` or `SHA2(…, 256)` give. */
export function hashId(id: string): string {
  return hash('sha256', id, 'hex')
}

/** Throws `ID_INVALID` for what cannot be an id, or is kept for rows that are no sessions. */
export function checkId(id: unknown, hashIds: boolean): asserts id is string {
  if (typeof id !== 'string' || id === '' || (!hashIds && id.startsWith('~'))) throw invalidId()
}
