import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The id in a cookie of express-session, `s:<id>.<signature>`, URL-encoded. Returns `undefined` unless one of the secrets has
 * signed it.
 *
 * @see https://github.com/tj/node-cookie-signature
 */
export function expressId(value: string, secrets: readonly string[]): string | undefined {
  const text = decoded(value)
  const dot = text?.lastIndexOf('.') ?? -1
  if (text === undefined || dot < 0 || !text.startsWith('s:')) return undefined
  const [id, signature] = [text.slice(2, dot), text.slice(dot + 1)]
  const isSigned = secrets.some((secret) => isEqual(signature, hmac('sha256', secret, id, 'base64').replace(/=+$/, '')))
  return isSigned ? id : undefined
}

/**
 * The value of a cookie of Koa, whose signature is in a cookie of its own, `<name>.sig`. Returns `undefined` unless one of the
 * secrets has signed it.
 *
 * @see https://github.com/crypto-utils/keygrip
 */
export function koaId(
  name: string,
  value: string,
  signature: string | undefined,
  secrets: readonly string[],
): string | undefined {
  if (signature === undefined) return undefined
  const isSigned = secrets.some((secret) => isEqual(signature, hmac('sha1', secret, `${name}=${value}`, 'base64url')))
  return isSigned ? value : undefined
}

function hmac(algorithm: 'sha1' | 'sha256', secret: string, text: string, encoding: 'base64' | 'base64url'): string {
  return createHmac(algorithm, secret).update(text).digest(encoding)
}

/** Compares in constant time for texts of one length. */
function isEqual(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
