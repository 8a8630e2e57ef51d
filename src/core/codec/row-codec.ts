import type { BackendCapabilities } from '../backend/session-backend.js'
import { tooLarge } from '../errors.js'
import type { Encryption } from './encryption.js'
import { encodeData, noMeta, type SessionMeta, type StoredRow } from './session-meta.js'

/** The stored data of a session: its text, encrypted if there are keys, and its metadata. */
type StoredData = Pick<StoredRow, 'data' | 'meta'>

/** The change that a request makes; without `data` it changes the metadata only. */
interface ChangedData {
  readonly data: string | undefined
  readonly meta: SessionMeta
}

/** The limits for the size of data: of the options, and of the column. */
interface DataLimits {
  readonly maxDataBytes: number
  readonly backend: { readonly capabilities: Pick<BackendCapabilities, 'dataBytes'> }
}

/** Turns data and metadata into the content of the column `data`. */
export class RowCodec {
  readonly #limits: DataLimits
  readonly #encryption: Encryption
  /** The text of an empty session. */
  readonly #emptyText: string

  constructor(limits: DataLimits, encryption: Encryption, emptyText: string) {
    this.#limits = limits
    this.#encryption = encryption
    this.#emptyText = emptyText
  }

  /** Encrypts a text for the row `id`, if there are keys. Throws `DATA_TOO_LARGE`. */
  store(id: string, meta: SessionMeta, text: string | null): StoredData {
    if (text !== null) this.#assertFits(text)
    if (meta === noMeta && !this.#encryption.hasKeys) return { data: text, meta } // fast path: nothing to encrypt
    const { key: _, ...others } = meta
    const { data, key } = this.#encryption.encrypt(id, text)
    return { data, meta: key === undefined ? others : { ...others, key } }
  }

  /** Applies a change to the stored data of a row. Text that is encrypted with the current key for this row stays as it is. */
  restore(row: StoredRow, id: string, { data, meta }: ChangedData): StoredData {
    if (data !== undefined) return this.store(id, meta, data)
    if (row.data === null && meta !== row.meta) return this.store(id, meta, this.#emptyText)
    const isBound = row.meta.key !== undefined && id !== row.id
    if (isBound || this.#encryption.isOutdated(row)) return this.store(id, meta, this.#encryption.decrypt(row))
    return { data: row.data, meta }
  }

  /** The content of the column `data`. Throws `DATA_TOO_LARGE` if the column cannot hold it. */
  encode(meta: SessionMeta, text: string | null): string | null {
    const data = encodeData(meta, text)
    const most = this.#limits.backend.capabilities.dataBytes
    if (most === null || data === null || data.length * 3 <= most) return data
    const bytes = Buffer.byteLength(data)
    if (bytes <= most) return data
    throw tooLarge(bytes, `its column holds ${most}`)
  }

  #assertFits(text: string): void {
    const { maxDataBytes } = this.#limits
    if (text.length * 3 <= maxDataBytes) return
    const bytes = Buffer.byteLength(text)
    if (bytes > maxDataBytes) throw tooLarge(bytes, `the option maxDataBytes allows ${maxDataBytes}`)
  }
}
