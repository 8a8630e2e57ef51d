import { createHash } from 'node:crypto'
import { SessionError } from '../errors.js'
import { invalidOption } from '../validation.js'
import { decrypt, deriveKey, encrypt } from './cipher.js'
import { corrupt } from './serializer.js'
import type { StoredRow } from './session-meta.js'

/** A text as it is stored, with the name of the key that encrypted it; `undefined` for plain text. */
export interface Sealed {
  readonly data: string | null
  readonly key: string | undefined
}

/**
 * Encrypts session data with the first key, and decrypts it with any of the keys (AES-256-GCM). A text is bound to its row:
 * copied to another row, it cannot be decrypted. Without keys, texts stay plain.
 *
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 */
export class Encryption {
  readonly #keys: ReadonlyMap<string, Uint8Array>
  /** The name of the key that encrypts; `undefined` without keys. */
  readonly current: string | undefined

  /** Takes keys of 32 bytes, the current one first. */
  constructor(keys: readonly Uint8Array[]) {
    const entries = keys.map((key): [string, Uint8Array] => [keyId(key), key])
    this.#keys = new Map(entries)
    this.current = entries[0]?.[0]
  }

  /** Encrypts a text for the row `rowId`, if there are keys. */
  encrypt(rowId: string, text: string | null): Sealed {
    if (this.current === undefined || text === null) return { data: text, key: undefined }
    return { data: encrypt(this.#key(this.current), rowId, text), key: this.current }
  }

  /** Decrypts the text of a row. Throws `KEY_UNKNOWN`, or `DATA_CORRUPT` if it was not encrypted for this row. */
  decrypt({ id, data, meta }: Pick<StoredRow, 'id' | 'data' | 'meta'>): string | null {
    if (meta.key === undefined || data === null) return data
    const key = this.#key(meta.key)
    try {
      return decrypt(key, id, data).toString('utf8')
    } catch (cause) {
      throw corrupt(cause)
    }
  }

  /** Derives a key for one purpose from a secret, and from the encryption key `name`, if given. Throws `KEY_UNKNOWN`. */
  keyFrom(secret: string, purpose: string, name: string | undefined): Uint8Array {
    return deriveKey(secret, name === undefined ? undefined : this.#key(name), purpose)
  }

  /** Whether there are keys. */
  get hasKeys(): boolean {
    return this.current !== undefined
  }

  /** Whether the text of a row is not encrypted with the current key. */
  isOutdated({ data, meta }: StoredRow): boolean {
    return this.current !== undefined && data !== null && meta.key !== this.current
  }

  #key(name: string): Uint8Array {
    const key = this.#keys.get(name)
    if (!key) throw keyUnknown(name)
    return key
  }
}

/** The name of a key, which reveals nothing about the key. */
function keyId(key: Uint8Array): string {
  return createHash('sha256').update('koa-session-model key id').update(key).digest('hex').slice(0, 16)
}

function keyUnknown(key: string): SessionError {
  return new SessionError(
    'KEY_UNKNOWN',
    `The data of a session row is encrypted with the key ${key}, which is not among the encryptionKeys. ` +
      'The row was left as it is: put that key behind the current one.',
  )
}

/** A key of 32 random bytes: as bytes, or as text in hex (64 digits), base64 or base64url. */
export type EncryptionKey = string | Uint8Array

const keyBytes = 32

/** Checks the option `encryptionKeys` and returns the keys as bytes. The message of its error never contains a key. */
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
  return invalidOption(
    'encryptionKeys',
    is,
    'a list of keys of 32 random bytes, as Uint8Array, hex or base64, the current one first; ' +
      'make one by: node -p "crypto.randomBytes(32).toString(\'hex\')"',
  )
}
