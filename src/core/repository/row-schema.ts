import type { SessionColumn } from '../backend/session-backend.js'
import type { Encryption } from '../codec/encryption.js'
import { serialize } from '../codec/serializer.js'
import type { ResolvedOptions } from '../options/options.js'
import { columnsByName, type PropertySchema } from '../properties/property-schema.js'

/** The schema by which the properties of rows are read: the backend's columns, and how the text of the data is decoded. */
export class RowSchema {
  readonly #options: ResolvedOptions
  #columns: readonly SessionColumn[]
  #current: PropertySchema

  constructor(options: ResolvedOptions, encryption: Encryption) {
    const { backend, serializer } = options
    this.#options = options
    this.#columns = backend.columns
    this.#current = {
      columns: columnsByName(this.#columns),
      serializer,
      textOf: (row) => encryption.decrypt(row),
      emptyText: serialize(serializer, {}),
      now: () => new Date(options.now()),
    }
  }

  /** The schema. It may change at any time, when an association of the ORM adds a column. */
  get current(): PropertySchema {
    const { columns } = this.#options.backend
    if (columns !== this.#columns) {
      this.#columns = columns
      this.#current = { ...this.#current, columns: columnsByName(columns) }
    }
    return this.#current
  }
}
