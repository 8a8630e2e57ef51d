import { constants } from 'node:buffer'
import { deserialize, serialize } from 'node:v8'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { SessionRow } from '../backend/session-backend.js'
import { decrypt, encrypt } from '../codec/cipher.js'
import type { Encryption } from '../codec/encryption.js'
import { corrupt } from '../codec/serializer.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'

type Columns = SessionRow['columns']

/** The target of a forwarding row. */
export interface Forwarding {
  /** The id of the row that the session got next. */
  readonly successor: string
  /** Whether the replaced id opens nothing any more: then the row only leads running requests to their session. */
  readonly isClosed?: true
}

/** The content of a session at the time when its id was replaced. */
export interface Snapshot {
  /** The text of the serializer, not encrypted. */
  readonly data: string | null
  readonly meta: SessionMeta
  readonly columns: Columns
}

/** The encrypted parts of a forwarding row, as they are stored. */
export type EncryptedForwarding = Pick<SessionMeta, 'trace' | 'traceKey' | 'snapshot'>

/**
 * Encrypts the content of forwarding rows, so that a reader of the table learns nothing from them. Decrypting the snapshot
 * needs the replaced id, which no row contains any more; decrypting the target needs the former row id. With
 * `encryptionKeys` both need one of these keys too.
 */
export class ForwardingCipher {
  readonly #encryption: Encryption

  constructor(encryption: Encryption) {
    this.#encryption = encryption
  }

  /** Encrypts the content of the forwarding row `forwardingId`, for the session that had the id `id` and the row `rowId`. */
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

  /** Decrypts the target of a forwarding row. Throws `DATA_CORRUPT` if {@link encode} did not write it for this row. */
  contentOf({ id, meta }: StoredRow, rowId: string): Forwarding {
    const key = this.#encryption.keyFrom(rowId, 'successor', meta.traceKey)
    return orCorrupt(() => {
      const content: unknown = JSON.parse(decrypt(key, id, meta.trace ?? '').toString('utf8'))
      if (isContent(content)) return content
      throw new TypeError('The forwarding row of a replaced id does not say where its session is.')
    })
  }

  /** Decrypts the snapshot, for a request with the replaced id; `undefined` if there was no room for one. Throws `DATA_CORRUPT`. */
  snapshotOf({ id: forwardingId, meta }: StoredRow, id: string): Snapshot | undefined {
    const { snapshot } = meta
    if (snapshot === undefined) return undefined
    const key = this.#encryption.keyFrom(id, 'snapshot', meta.traceKey)
    return orCorrupt(() => decode(decrypt(key, forwardingId, snapshot)))
  }
}

/** Encodes a snapshot. A column whose value cannot be cloned is left out: it gets its value in a new session. */
function encode({ data, meta, columns }: Snapshot): Uint8Array {
  const cloneable = Object.fromEntries(Object.entries(columns).filter(([, value]) => isCloneable(value)))
  return deflateRawSync(serialize({ data, meta, columns: cloneable }), { level: 1 })
}

function decode(bytes: Uint8Array): Snapshot {
  // The data of a session is a string, so it cannot be longer than strings can.
  const snapshot: unknown = deserialize(inflateRawSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH }))
  if (isSnapshot(snapshot)) return snapshot
  throw new TypeError('The forwarding row of a replaced id holds no session.')
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
