/** One property that differs from the row: its value in the row and in the session; `undefined` for an absent one. */
export interface Change {
  readonly base: unknown
  readonly mine: unknown
}

/** The properties that differ from the row, in the form that a write needs. */
export interface ChangeSet {
  readonly byName: ReadonlyMap<string, Change>
  /** The new text of the data, if any data key differs. */
  readonly data: string | undefined
  /** The new values of the columns that differ; `undefined` for a default that only the database knows. */
  readonly columns: Readonly<Record<string, unknown>>
  /** Whether a value was taken by `take()`: no other request may have got it. */
  readonly hasTaken?: boolean
}

/**
 * Settles a property that two requests changed at the same time, and returns its value. Absent values are `undefined`. `base`
 * is the value before both changes, `mine` that of this request, `theirs` that of the request that was stored first.
 */
export type MergeFunction = (base: unknown, mine: unknown, theirs: unknown) => unknown
