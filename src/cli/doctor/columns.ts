import type { TableColumn } from './catalog/catalog.js'
import type { Patient } from './check.js'

/** The column of a property in the database; `undefined` if it is not there. */
export function columnOf({ access, catalog }: Patient, property: string | undefined): TableColumn | undefined {
  if (property === undefined) return undefined
  const { name } = access.text.column(property)
  return catalog.columns.find((column) => column.name === name)
}
