import { SessionError } from '../core/errors.js'
import { reservedNames } from '../core/properties/property-names.js'
import type { ManagedColumn, ManagedColumnSpec } from './metadata.js'
import { duplicateColumn } from './metadata.js'
import { assertName, type NameRule } from './names.js'

/** A column that the model declares itself. Each ORM folder finds them by its own means. */
export interface DeclaredColumn {
  /** The name of the property. */
  readonly property: string
  /** The name of the column in the database. */
  readonly name: string
  /**
   * Whether a row can be inserted without a value: the column is nullable, has a default, or the ORM or the database fills
   * it.
   */
  readonly optional: boolean
  /** Whether the application writes the column. It does not write the ORM's own: dates, version, generated values. */
  readonly writable: boolean
}

/** How the columns of a table are named in the database. */
export interface ColumnNaming {
  /** The name of the column that a managed column is stored in. */
  nameOf(spec: ManagedColumnSpec): string
  /** Whether the database tells names apart that differ only in case. */
  readonly caseSensitive: boolean
  /** The rules of the ORM and the database for names. */
  readonly rules: readonly NameRule[]
}

/** The plan of a session table: which property serves as which managed column, and which columns are session properties. */
export interface ColumnPlan<Declared extends DeclaredColumn> {
  /** The managed columns to add: the model does not declare them itself. */
  readonly added: readonly ManagedColumnSpec[]
  /** The columns of the model that serve as managed columns. */
  readonly serving: ReadonlyMap<ManagedColumn, Declared>
  /** The custom columns: the properties of the session. */
  readonly custom: readonly Declared[]
}

/**
 * Decides which of the model's columns serve as managed columns: those with the property name or the column name of one.
 * Throws, before anything is mapped, if the model's columns and the managed ones conflict.
 * @param requiredRelations Relations that a new session lacks, although their foreign key takes no NULL.
 */
export function planColumns<Declared extends DeclaredColumn>(
  specs: readonly ManagedColumnSpec[],
  declared: readonly Declared[],
  naming: ColumnNaming,
  requiredRelations: readonly string[] = [],
): ColumnPlan<Declared> {
  const serving = new Map<ManagedColumn, Declared>()
  for (const spec of specs) {
    const own = findServing(spec, naming.nameOf(spec), declared)
    if (own && spec.unit) throw unitOfOwn(spec.role, own.property)
    if (own) serving.set(spec.role, own)
  }
  assertWritable(serving.get('lastSeenAt'))
  const added = specs.filter((spec) => spec.isWanted && !serving.has(spec.role))
  const custom = declared.filter((column) => column.writable && ![...serving.values()].includes(column))
  const names = [...added.map(naming.nameOf), ...declared.map((column) => column.name)]
  for (const name of names) assertName('column', name, naming.rules)
  assertDistinct(names, naming.caseSensitive)
  custom.forEach(assertUnreserved)
  const lastSeen = serving.get('lastSeenAt')
  assertOptional(lastSeen ? [...custom, lastSeen] : custom, requiredRelations)
  return { added, serving, custom }
}

/** Throws if a custom column cannot be a property of a session. */
export function assertUsable(column: DeclaredColumn): void {
  assertUnreserved(column)
  assertOptional([column])
}

/**
 * Finds the declared column that serves as a managed one: by the column's name if `@SessionModel()` gave one, else by the
 * property's.
 */
function findServing<Declared extends DeclaredColumn>(
  spec: ManagedColumnSpec,
  name: string,
  declared: readonly Declared[],
): Declared | undefined {
  const { role } = spec
  const byName = spec.isWanted ? declared.find((column) => column.name === name) : undefined
  const byProperty = declared.find((column) => column.property === role)
  if (byProperty && byProperty !== byName && spec.name !== role) throw nameTaken(role, spec.name)
  return byProperty ?? byName
}

/** Throws `COLUMN_TYPE` for a `lastSeenAt` that the ORM or the database writes: with each update, or never. */
function assertWritable(column: DeclaredColumn | undefined): void {
  if (!column || column.writable) return
  throw new SessionError(
    'COLUMN_TYPE',
    `The column '${column.property}' is written by the ORM or by the database, so sessions cannot keep their last use in it. ` +
      'Declare it as a plain, nullable date column, or rename the property; the column can keep its name.',
  )
}

function unitOfOwn(role: string, property: string): SessionError {
  return new SessionError(
    'OPTION_INVALID',
    `columns.${role}.unit of @SessionModel() is for a column that sessions add, and the model declares the column '${property}' itself. ` +
      'Remove the property from the class, or leave the option out.',
  )
}

function nameTaken(role: string, name: string): SessionError {
  return new SessionError(
    'COLUMN_DUPLICATE',
    `The model has a property '${role}' of its own, which is not the column '${name}' that @SessionModel() was told to use as '${role}'. ` +
      'Give your property another name; its column can keep its name.',
  )
}

/** Throws `COLUMN_DUPLICATE` if two columns of a table would have one name. */
export function assertDistinct(names: readonly string[], caseSensitive: boolean): void {
  const keys = caseSensitive ? names : names.map((name) => name.toLowerCase())
  const twice = names.find((_, index) => keys.indexOf(keys[index] as string) < index)
  if (twice !== undefined) throw duplicateColumn(twice)
}

function assertUnreserved({ property }: DeclaredColumn): void {
  if (!reservedNames.has(property) && property !== 'expired' && property !== 'active') return
  throw new SessionError(
    'COLUMN_RESERVED',
    `The model has a column '${property}', a name that sessions use themselves. Rename the property; the column can keep its name.`,
  )
}

/** Throws `COLUMN_REQUIRED` and names every column that a new session lacks, so that one attempt shows them all. */
function assertOptional(columns: readonly DeclaredColumn[], relations: readonly string[] = []): void {
  const required = columns.filter(({ optional }) => !optional).map(({ property }) => property)
  const kinds = [...(required.length > 0 ? ['column'] : []), ...(relations.length > 0 ? ['relation'] : [])]
  const names = [...required, ...relations].map((name) => `'${name}'`)
  if (names.length === 0) return
  const message =
    names.length === 1
      ? `The ${kinds} ${names} is neither nullable nor has a default, so no new session could be stored. Make it nullable or give it a default.`
      : `The ${kinds.map((kind) => `${kind}s`).join(' and ')} ${listed(names)} are neither nullable nor have defaults, so no new session ` +
        'could be stored. Make them nullable or give them defaults.'
  throw new SessionError('COLUMN_REQUIRED', message)
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
