import { constants } from 'node:buffer'
import { deserialize, serialize } from 'node:v8'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SessionRow } from '../backend/session-backend.js'
import { decrypt, encrypt } from '../codec/cipher.js'
import type { Encryption } from '../codec/encryption.js'
import { corrupt } from '../codec/serializer.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'

type Columns = SessionRow['columns']

/** Where the forwarding row of a replaced id leads. */
export interface Forwarding {
  /** The row that the session has now. */
  readonly successor: string
  /** Whether the id opens nothing any more, and only leads requests to the session that are under way. */
  readonly isClosed?: true
}

/** The session as it was when its id was replaced. */
export interface Snapshot {
  /** The text of the serializer, not encrypted. */
  readonly data: string | null
  readonly meta: SessionMeta
  readonly columns: Columns
}

/** The encrypted parts of a forwarding row, as its row keeps them. */
export type EncryptedForwarding = Pick<SessionMeta, 'trace' | 'traceKey' | 'snapshot'>

/**
 * Encrypts the content of forwarding rows, so that a reader of the table learns nothing from them. The snapshot opens with the id that was
 * replaced, which no row holds any more; where the forwarding row leads opens with what the row was found by. With `encryptionKeys`
 * both need one of these keys too.
 */
export class ForwardingCipher {
  readonly #encryption: Encryption

  constructor(encryption: Encryption) {
    this.#encryption = encryption
  }

  /** The content of the forwarding row `forwardingId`, for the session that had the id `id`, in the row `rowId`. */
  encode(
    forwardingId: string,
    id: string,
    rowId: string,
    content: Forwarding,
    snapshot?: Snapshot,
  ): EncryptedForwarding {
    const key = this.#encryption.current
    return {
      trace: encrypt(this.#encryption.keyFrom(rowId, 'successor', key), forwardingId, JSON.stringify(content)),
      ...(snapshot && {
        snapshot: encrypt(this.#encryption.keyFrom(id, 'snapshot', key), forwardingId, encode(snapshot)),
      }),
      ...(key !== undefined && { traceKey: key }),
    }
  }

  /** Where a forwarding row leads. Throws `DATA_CORRUPT` for what {@link encode} did not write for this forwarding row. */
  contentOf({ id, meta }: StoredRow, rowId: string): Forwarding {
    const key = this.#encryption.keyFrom(rowId, 'successor', meta.traceKey)
    return orCorrupt(() => {
      const content: unknown = JSON.parse(decrypt(key, id, meta.trace ?? '').toString('utf8'))
      if (isContent(content)) return content
      throw new TypeError('The trace of a replaced id does not say where its session is.')
    })
  }

  /** The snapshot in a forwarding row, for a request with the id; nothing where there was no room for it. Throws `DATA_CORRUPT`. */
  snapshotOf({ id: forwardingId, meta }: StoredRow, id: string): Snapshot | undefined {
    const { snapshot } = meta
    if (snapshot === undefined) return undefined
    const key = this.#encryption.keyFrom(id, 'snapshot', meta.traceKey)
    return orCorrupt(() => decode(decrypt(key, forwardingId, snapshot)))
  }
}

/** A column's value that cannot be cloned is left out: the column is then what it is in a new session. */
function encode({ data, meta, columns }: Snapshot): Uint8Array {
  const cloneable = Object.fromEntries(Object.entries(columns).filter(([, value]) => isCloneable(value)))
  return deflateRawSync(serialize({ data, meta, columns: cloneable }), { level: 1 })
}

function decode(bytes: Uint8Array): Snapshot {
  // No session is longer than a string can be.
  const snapshot: unknown = deserialize(inflateRawSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH }))
  if (isSnapshot(snapshot)) return snapshot
  throw new TypeError('The trace of a replaced id holds no session.')
}

function isContent(value: unknown): value is Forwarding {
  return typeof (value as Partial<Forwarding> | null)?.successor === 'string'
}

function isSnapshot(value: unknown): value is Snapshot {
  const { data, meta, columns } = (value ?? {}) as Partial<Snapshot>
  const isText = data === null || typeof data === 'string'
  return isText && typeof meta === 'object' && meta !== null && typeof columns === 'object' && columns !== null
}

function isCloneable(value: unknown): boolean {
  try {
    serialize(value)
    return true
  } catch {
    return false
  }
}

function orCorrupt<T>(decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw corrupt(cause)
  }
}
