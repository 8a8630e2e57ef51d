import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { SessionError } from '../errors.js'
import { corrupt } from './serializer.js'
import type { StoredRow } from './session-meta.js'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** What is stored of a text, and the key that it is encrypted with, if it is. */
export interface Sealed {
  readonly data: string | null
  readonly key: string | undefined
}

/**
 * Encrypts session data with the first key, and decrypts with any (AES-256-GCM). A text is bound to its row: in another
 * row it cannot be decrypted. Without keys, texts stay as they are.
 */
export class Vault {
  readonly #keys: ReadonlyMap<string, Uint8Array>
  readonly #current: string | undefined

  /** With the keys, of 32 bytes, the current one first. */
  constructor(keys: readonly Uint8Array[]) {
    const entries = keys.map((key): [string, Uint8Array] => [keyId(key), key])
    this.#keys = new Map(entries)
    this.#current = entries[0]?.[0]
  }

  /** The text for the row `rowId`, as it is stored. */
  seal(rowId: string, text: string | null): Sealed {
    const key = this.#current && this.#keys.get(this.#current)
    if (!key || text === null) return { data: text, key: undefined }
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(rowId))
    const parts = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
    return { data: Buffer.concat(parts).toString('base64'), key: this.#current }
  }

  /** The text of a row. Throws `KEY_UNKNOWN`, or `DATA_CORRUPT` where it was not encrypted for this row. */
  open({ id, data, meta }: Pick<StoredRow, 'id' | 'data' | 'meta'>): string | null {
    if (meta.key === undefined || data === null) return data
    const key = this.#keys.get(meta.key)
    if (!key) throw keyUnknown(meta.key)
    try {
      return decrypt(key, id, fromBase64(data))
    } catch (cause) {
      throw corrupt(cause)
    }
  }

  /** Whether there are keys. */
  get isLocked(): boolean {
    return this.#current !== undefined
  }

  /** Whether the text of a row would be encrypted otherwise today. */
  isOutdated({ data, meta }: StoredRow): boolean {
    return this.#current !== undefined && data !== null && meta.key !== this.#current
  }
}

/** Only as {@link Vault.seal} writes it: the decoder of Node.js skips what is no base64. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new TypeError('The encrypted data is not the base64 that was written.')
  return bytes
}

function decrypt(key: Uint8Array, rowId: string, sealed: Buffer): string {
  const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(rowId)).setAuthTag(sealed.subarray(-tagBytes))
  const text = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
  return Buffer.concat([text, decipher.final()]).toString('utf8')
}

/** Tells keys apart, and tells nothing about them. */
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
