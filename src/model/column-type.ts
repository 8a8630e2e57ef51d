/** The type of a column, as its database names it, in lower case. */
export interface ColumnType {
  readonly name: string
  readonly length?: number | undefined
  readonly precision?: number | undefined
  readonly scale?: number | undefined
  readonly isArray?: boolean | undefined
  /** The values of an enumeration. */
  readonly values?: readonly string[] | undefined
}
