import type { ListedSession } from './manager-types.js'
import { Properties } from './properties.js'
import type { PropertySchema } from './property-schema.js'
import type { StoredRow } from './record.js'
import type { SessionData, SessionProperties } from './session-view.js'

/** A row as a list shows it. Its data is parsed only if somebody asks for it, so that one corrupt row does not hide the others. */
export class ListedRow<Columns extends object, Data extends object = SessionData>
  implements ListedSession<Columns, Data>
{
  readonly id: string
  readonly createdAt: Date | null
  readonly expires: Date
  declare readonly properties: SessionProperties<Columns, Data>
  readonly #properties: Properties

  constructor(row: StoredRow, schema: PropertySchema) {
    this.id = row.id
    this.createdAt = row.createdAt
    this.expires = row.expires
    this.#properties = new Properties(schema, row)
    Object.defineProperty(this, 'properties', ListedRow.#accessor)
  }

  /** An own property, so that JSON has it. */
  static readonly #accessor: PropertyDescriptor & ThisType<ListedRow<object>> = {
    enumerable: true,
    get() {
      return this.#properties.toObject()
    },
  }
}
