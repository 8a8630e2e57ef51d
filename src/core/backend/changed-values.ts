import type { RowValues, SessionRow } from './session-backend.js'

/** The values that an update writes. It is a class, because V8 keeps object literals that outlive a statement for long. */
export class RowChanges implements RowValues {
  declare id?: string
  declare data?: string | null
  declare readonly expires?: Date
  declare readonly version?: number
  declare readonly lastSeenAt?: Date
  declare readonly columns?: SessionRow['columns']

  /** Without `expires` the expiry stays as it is; without `lastSeenAt` the moment of the last use. */
  constructor(expires: Date | undefined, version: number | null, columns?: SessionRow['columns'], lastSeenAt?: Date) {
    if (expires) this.expires = expires
    if (version !== null) this.version = version
    if (columns) this.columns = columns
    if (lastSeenAt) this.lastSeenAt = lastSeenAt
  }
}
