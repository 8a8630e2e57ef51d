import { invalid } from '../validation.js'

/** 32 random bytes: as bytes, or as text in hex (64 digits) or base64. */
export type EncryptionKey = string | Uint8Array

const keyBytes = 32

/** Checks the option `encryptionKeys`, and gives the keys as bytes. The message of an error never holds a key. */
export function resolveKeys(keys: readonly EncryptionKey[] = []): readonly Uint8Array[] {
  if (!Array.isArray(keys)) throw wrongKeys('no list')
  return Object.freeze(keys.map((key, index) => toBytes(key, index)))
}

function toBytes(key: unknown, index: number): Uint8Array {
  const bytes = typeof key === 'string' ? decode(key) : key
  if (bytes instanceof Uint8Array && bytes.length === keyBytes) return Uint8Array.from(bytes)
  throw wrongKeys(`wrong at position ${index}`)
}

function decode(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  return /^[A-Za-z0-9+/_-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

function wrongKeys(is: string): Error {
  return invalid(
    'encryptionKeys',
    is,
    'a list of keys of 32 random bytes, as Uint8Array, hex or base64, the current one first; ' +
      'make one by: node -p "crypto.randomBytes(32).toString(\'hex\')"',
  )
}
