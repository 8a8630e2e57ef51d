import { inspect } from 'node:util'
import type { StoredRow } from '../codec/session-meta.js'
import { orErrorCode, unreadable } from '../errors.js'
import { Properties } from '../properties/properties.js'
import type { PropertySchema } from '../properties/property-schema.js'
import type { SessionData, SessionProperties } from '../session/session-types.js'
import type { Cursors } from './cursors.js'
import type { ListedSession } from './manager-types.js'

/** A session in the result of `list()`. Its data and dates are read on access, so one corrupt row does not hide the others. */
export class ListedRow<Columns extends object, Data extends object = SessionData>
  implements ListedSession<Columns, Data>
{
  readonly id: string
  declare readonly createdAt: Date | null
  declare readonly expires: Date
  declare readonly lastSeenAt: Date | null
  declare readonly properties: SessionProperties<Columns, Data>
  readonly #properties: Properties
  readonly #cursors: Cursors

  constructor(row: StoredRow, schema: PropertySchema, cursors: Cursors) {
    this.id = row.id
    this.#cursors = cursors
    showDate(this, 'createdAt', row.createdAt)
    showDate(this, 'expires', row.expires)
    showDate(this, 'lastSeenAt', row.lastSeenAt ?? null)
    this.#properties = new Properties(schema, row)
    Object.defineProperty(this, 'properties', ListedRow.#accessor)
  }

  /** Made on access, as most lists need only that of the last session. */
  get cursor(): string {
    return this.#cursors.of(this.id)
  }

  /** Leaves out the id, which is the one in the cookie if `hashIds` is false. Shows the error code of unreadable values. */
  [inspect.custom](): object {
    return {
      createdAt: orErrorCode(() => this.createdAt),
      expires: orErrorCode(() => this.expires),
      lastSeenAt: orErrorCode(() => this.lastSeenAt),
      properties: orErrorCode(() => this.properties),
    }
  }

  /** For an own property, so that JSON contains it. */
  static readonly #accessor: PropertyDescriptor & ThisType<ListedRow<object>> = {
    enumerable: true,
    get() {
      return this.#properties.toObject()
    },
  }
}

/** Defines a date of the row. An invalid one throws `DATA_CORRUPT` on access. */
function showDate(row: object, name: 'createdAt' | 'expires' | 'lastSeenAt', date: Date | null): void {
  const isReadable = date === null || !Number.isNaN(date.getTime())
  const refuse = (): never => {
    throw unreadable(name)
  }
  Object.defineProperty(row, name, { enumerable: true, ...(isReadable ? { value: date } : { get: refuse }) })
}
