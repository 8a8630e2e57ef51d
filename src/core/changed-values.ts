import type { RowValues, SessionRow } from './backend.js'

/** What an update writes. A class: V8 keeps object literals that outlive a statement for long. */
export class ChangedValues implements RowValues {
  declare id?: string
  declare data?: string | null
  readonly expires: Date
  declare readonly version?: number
  declare readonly columns?: SessionRow['columns']

  constructor(expires: Date, version: number | null, columns?: SessionRow['columns']) {
    this.expires = expires
    if (version !== null) this.version = version
    if (columns) this.columns = columns
  }
}
