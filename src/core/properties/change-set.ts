/** One property that differs from the row: `undefined` where it is absent. */
export interface Change {
  readonly base: unknown
  readonly mine: unknown
}

/** The properties that differ from the row, and what a write of them needs. */
export interface ChangeSet {
  readonly byName: ReadonlyMap<string, Change>
  /** The new text of the data, if any data key differs. */
  readonly data: string | undefined
  /** The new values of the columns that differ; `undefined` for a default that only the database knows. */
  readonly columns: Readonly<Record<string, unknown>>
}

/** Settles one property that this request and another have both changed. */
export type MergeFunction = (base: unknown, mine: unknown, theirs: unknown) => unknown
