import type { BackendCapabilities } from '../backend/session-backend.js'
import { tooLarge } from '../errors.js'
import type { Encryption } from './encryption.js'
import { encodeData, noMeta, type SessionMeta, type StoredRow } from './session-meta.js'

/** What is stored of the data of a session: its text, encrypted where there are keys, and what the core keeps with it. */
type SealedData = Pick<StoredRow, 'data' | 'meta'>

/** What a request changes: without `data`, only what the core keeps beside it. */
interface ChangedData {
  readonly data: string | undefined
  readonly meta: SessionMeta
}

/** How much data a session may have, and how much its column can hold. */
interface DataLimits {
  readonly maxDataBytes: number
  readonly backend: { readonly capabilities: Pick<BackendCapabilities, 'dataBytes'> }
}

/** Makes the column `data` of what a request wants to store. */
export class RowCodec {
  readonly #limits: DataLimits
  readonly #encryption: Encryption
  /** The text of no data. */
  readonly #emptyText: string

  constructor(limits: DataLimits, encryption: Encryption, emptyText: string) {
    this.#limits = limits
    this.#encryption = encryption
    this.#emptyText = emptyText
  }

  /** What is stored of a text in the row `id`: encrypted, where there are keys. */
  store(id: string, meta: SessionMeta, text: string | null): SealedData {
    if (text !== null) this.#refuseTooLong(text)
    if (meta === noMeta && !this.#encryption.isLocked) return { data: text, meta } // as for most
    const { key: _, ...others } = meta
    const { data, key } = this.#encryption.encrypt(id, text)
    return { data, meta: key === undefined ? others : { ...others, key } }
  }

  /** What is stored of a change of a row. What is encrypted with the current key, for this row, stays as it is. */
  restore(row: StoredRow, id: string, { data, meta }: ChangedData): SealedData {
    if (data !== undefined) return this.store(id, meta, data)
    if (row.data === null && meta !== row.meta) return this.store(id, meta, this.#emptyText)
    const isBound = row.meta.key !== undefined && id !== row.id
    if (isBound || this.#encryption.isOutdated(row)) return this.store(id, meta, this.#encryption.decrypt(row))
    return { data: row.data, meta }
  }

  /** The content of the column `data`, if the column can hold it. */
  encode(meta: SessionMeta, text: string | null): string | null {
    const data = encodeData(meta, text)
    const most = this.#limits.backend.capabilities.dataBytes
    if (most === null || data === null || data.length * 3 <= most) return data
    const bytes = Buffer.byteLength(data)
    if (bytes <= most) return data
    throw tooLarge(bytes, `its column holds ${most}`)
  }

  #refuseTooLong(text: string): void {
    const { maxDataBytes } = this.#limits
    if (text.length * 3 <= maxDataBytes) return
    const bytes = Buffer.byteLength(text)
    if (bytes > maxDataBytes) throw tooLarge(bytes, `the option maxDataBytes allows ${maxDataBytes}`)
  }
}
