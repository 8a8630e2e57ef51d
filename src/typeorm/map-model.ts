import { type ColumnOptions, type DataSource, Entity, getMetadataArgsStorage } from 'typeorm'
import { SessionError } from '../core/errors.js'
import { assertWide } from '../model/charsets.js'
import type { RoleColumn, Roles } from '../model/column-traits.js'
import type { ColumnPlan } from '../model/columns.js'
import { type Constructor, type ManagedColumn, type ManagedColumnSpec, metadataOf } from '../model/metadata.js'
import { SessionTable } from '../model/session-table.js'
import { columnTraits, type DatabaseType, isMysql, managedColumnOptions } from './column-types.js'
import { type DeclaredEntityColumn, declaredColumns } from './declared-columns.js'
import { foreignKeys } from './foreign-keys.js'
import { initialValues } from './initial-values.js'
import { addColumn, addIndex, hideInheritedColumns, inheritanceTree, spareOperators } from './metadata-args.js'
import { entityNaming } from './naming.js'

/** The session table that {@link mapEntity} makes, for the backend. Throws `COLUMN_TYPE` if a column cannot play its role. */
export function sessionTable(
  target: Constructor,
  plan: ColumnPlan<DeclaredEntityColumn>,
  database: DatabaseType | undefined,
  dataSource: DataSource | undefined,
): SessionTable {
  const added = plan.added.map((spec): [ManagedColumn, RoleColumn] => [
    spec.role,
    { property: spec.role, traits: columnTraits(managedColumnOptions(spec, database), database) },
  ])
  const serving = Array.from(plan.serving, ([role, { property, options, generated }]): [ManagedColumn, RoleColumn] => {
    const traits = columnTraits(options, database)
    return [role, { property, traits: generated ? { ...traits, text: false } : traits }]
  })
  for (const { property, options } of plan.custom) assertWide(property, columnTraits(options, database).charset)
  const columns = initialValues(target, plan.custom, dataSource)
  return new SessionTable(Object.fromEntries([...added, ...serving]) as Roles, columns)
}

/** Maps the class as an entity, with the managed columns that it does not declare itself. */
export function mapEntity(
  target: Constructor,
  plan: ColumnPlan<DeclaredEntityColumn>,
  database: DatabaseType | undefined,
): void {
  nameTable(target, metadataOf(target).tableName)
  const hasOwnKey = declaredColumns(target).some((column) => column.options.primary === true)
  for (const spec of plan.added) addManagedColumn(target, spec, hasOwnKey, database)
  const expires = plan.serving.get('expires')?.property ?? 'expires'
  if (!isIndexed(target, expires)) addIndex(target, expires, false)
  hideInheritedColumns(target)
  spareOperators(target)
  if (isMysql(database)) useUtf8mb4(target, plan)
}

/**
 * Gives columns of text a character set that holds every text, whatever the database's default is. Columns of a relation
 * are left out: a foreign key has the character set of the other table.
 */
function useUtf8mb4(target: Constructor, plan: ColumnPlan<DeclaredEntityColumn>): void {
  const { columns } = getMetadataArgsStorage()
  const tree: unknown[] = inheritanceTree(target)
  const texts = textsWithoutCharset(target, plan)
  for (const [index, args] of columns.entries()) {
    if (!tree.includes(args.target) || !texts.includes(args.propertyName)) continue
    columns[index] = { ...args, options: { ...args.options, charset: 'utf8mb4' } }
  }
}

/** The properties of columns of text that have no character set and are no foreign keys. */
function textsWithoutCharset(target: Constructor, { custom }: ColumnPlan<DeclaredEntityColumn>): string[] {
  const related = foreignKeys(inheritanceTree(target), entityNaming(undefined)).map(({ column }) => column)
  const texts = custom.filter(({ name, options }) => takesCharset(options) && !related.includes(name))
  return texts.map(({ property }) => property)
}

function takesCharset({ type, charset, collation }: ColumnOptions): boolean {
  const isText =
    type === String ||
    (typeof type === 'string' && /^(char|varchar|(tiny|medium|long)?text|simple-(array|json))$/.test(type))
  return isText && !charset && !collation
}

function addManagedColumn(
  target: Constructor,
  spec: ManagedColumnSpec,
  hasOwnKey: boolean,
  database: DatabaseType | undefined,
): void {
  const options = managedColumnOptions(spec, database)
  if (spec.role === 'id' && hasOwnKey) {
    // Nullable: rows that existed in the table before have a key, but no id.
    addColumn(target, spec.role, { ...options, nullable: true })
    if (!isUnique(target, spec.role)) addIndex(target, spec.role, true)
  } else {
    addColumn(target, spec.role, { ...options, ...(spec.role === 'id' && { primary: true }) })
  }
}

function nameTable(target: Constructor, tableName: string | undefined): void {
  const { tables } = getMetadataArgsStorage()
  const index = tables.findIndex((table) => table.target === target)
  const table = tables[index]
  if (!table) {
    Entity(tableName === undefined ? {} : { name: tableName })(target)
  } else if (tableName !== undefined && table.name === undefined) {
    tables[index] = { ...table, name: tableName }
  } else if (tableName !== undefined && table.name !== tableName) {
    throw new SessionError(
      'OPTION_INVALID',
      `@Entity() names the table '${table.name}', and @SessionModel() names it '${tableName}'. Name it in one place.`,
    )
  }
}

function isIndexed(target: Constructor, property: string): boolean {
  const indices = getMetadataArgsStorage().filterIndices(inheritanceTree(target) as never[])
  return indices.some((index) => indexedProperties(index)[0] === property)
}

function isUnique(target: Constructor, property: string): boolean {
  const tree = inheritanceTree(target) as never[]
  const indices = getMetadataArgsStorage().filterIndices(tree)
  const all = [...indices.filter(({ unique }) => unique), ...getMetadataArgsStorage().filterUniques(tree)]
  return all.some((index) => indexedProperties(index).join() === property)
}

type IndexedColumns = Pick<ReturnType<typeof getMetadataArgsStorage>['indices'][number], 'columns'>

/** The properties that `@Index()` names: as a list, or by a function of an object with the name of each property. */
function indexedProperties({ columns = [] }: IndexedColumns): unknown[] {
  const names = new Proxy({}, { get: (_, name) => name })
  const named = typeof columns === 'function' ? columns(names) : columns
  return Array.isArray(named) ? named : Object.keys(named)
}

/** Runs `work`. If it throws, the records of TypeORM's decorators are as they were before. */
export function undoOnError<T>(work: () => T): T {
  const storage = Object.entries(getMetadataArgsStorage()).filter(([, list]) => Array.isArray(list))
  const before = storage.map(([name, list]): [string, unknown[]] => [name, [...list]])
  try {
    return work()
  } catch (error) {
    Object.assign(getMetadataArgsStorage(), Object.fromEntries(before))
    throw error
  }
}

/** Sets the types of the managed columns for the database, if the entity was mapped before it was known. */
export function adaptColumns(
  dataSource: DataSource,
  target: Constructor,
  plan: ColumnPlan<DeclaredEntityColumn>,
): void {
  const metadata = dataSource.getMetadata(target)
  for (const spec of plan.added) {
    const column = metadata.findColumnWithPropertyName(spec.role)
    if (!column) continue
    const options = managedColumnOptions(spec, dataSource.options.type)
    const { type, charset, collation, transformer, unsigned = false, default: value } = options
    Object.assign(column, {
      type,
      charset,
      collation,
      transformer,
      unsigned,
      ...(value !== undefined && { default: value }),
    })
  }
  if (!isMysql(dataSource.options.type)) return
  for (const property of textsWithoutCharset(target, plan)) {
    Object.assign(metadata.findColumnWithPropertyName(property) ?? {}, { charset: 'utf8mb4' })
  }
}
