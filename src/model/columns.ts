import { SessionError } from '../core/errors.js'
import { reservedNames } from '../core/properties.js'
import type { ManagedColumn, ManagedColumnSpec } from './metadata.js'
import { duplicateColumn } from './metadata.js'

/** A column that the model declares itself, as an ORM folder finds it. */
export interface DeclaredColumn {
  /** The name of the property. */
  readonly property: string
  /** The name of the column in the database. */
  readonly name: string
  /** Whether a row can be inserted without a value: the column is nullable, has a default, or is filled by ORM or database. */
  readonly optional: boolean
  /** Whether the application writes it. The ORM's own columns (dates, version, generated values) are not. */
  readonly writable: boolean
}

/** Which property serves as which managed column, and which columns are the session's properties. */
export interface ColumnPlan<Declared extends DeclaredColumn> {
  /** The managed columns that the model does not declare itself, to be added. */
  readonly added: readonly ManagedColumnSpec[]
  /** The columns of the model that serve as managed columns. */
  readonly serving: ReadonlyMap<ManagedColumn, Declared>
  /** The custom columns: the properties of the session. */
  readonly custom: readonly Declared[]
}

/**
 * Decides which of the model's columns are ours. A column of the model with the property name or the column name of a
 * managed one serves as it. Throws where the two cannot live together, before anything is mapped.
 */
export function planColumns<Declared extends DeclaredColumn>(
  specs: readonly ManagedColumnSpec[],
  declared: readonly Declared[],
): ColumnPlan<Declared> {
  const serving = new Map<ManagedColumn, Declared>()
  for (const spec of specs) {
    const own = findServing(spec, declared)
    if (own) serving.set(spec.role, own)
  }
  const added = specs.filter((spec) => !serving.has(spec.role))
  const custom = declared.filter((column) => column.writable && ![...serving.values()].includes(column))
  refuseDuplicates([...added, ...declared].map((column) => column.name))
  custom.forEach(refuseReserved)
  custom.forEach(refuseRequired)
  return { added, serving, custom }
}

/** By the column's name, if the model was told one; else by the property's. */
function findServing<Declared extends DeclaredColumn>(
  { role, name }: ManagedColumnSpec,
  declared: readonly Declared[],
): Declared | undefined {
  const byName = declared.find((column) => column.name === name)
  const byProperty = declared.find((column) => column.property === role)
  if (byProperty && byProperty !== byName && name !== role) throw nameTaken(role, name)
  return byProperty ?? byName
}

function nameTaken(role: string, name: string): SessionError {
  return new SessionError(
    'COLUMN_DUPLICATE',
    `The model has a property '${role}' of its own, which is not the column '${name}' that @SessionModel() was told to use as '${role}'. ` +
      'Give your property another name; its column can keep its name.',
  )
}

function refuseDuplicates(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw duplicateColumn(twice)
}

function refuseReserved({ property }: DeclaredColumn): void {
  if (!reservedNames.has(property) && property !== 'expired' && property !== 'active') return
  throw new SessionError(
    'COLUMN_RESERVED',
    `The model has a column '${property}', a name that sessions use themselves. Rename the property; the column can keep its name.`,
  )
}

function refuseRequired({ property, optional }: DeclaredColumn): void {
  if (optional) return
  throw new SessionError(
    'COLUMN_REQUIRED',
    `The column '${property}' is neither nullable nor has a default, so no new session could be stored. Make it nullable or give it a default.`,
  )
}
