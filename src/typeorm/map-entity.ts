import { Column, Entity, getMetadataArgsStorage, Index, PrimaryColumn } from 'typeorm'
import { SessionError } from '../core/errors.js'
import type { ColumnPlan } from '../model/columns.js'
import type { Constructor, ManagedColumnSpec, SessionModelMetadata } from '../model/metadata.js'
import { type DatabaseType, managedColumnOptions } from './columns.js'
import { type DeclaredEntityColumn, inheritanceTree } from './declared.js'

/** Makes the class an entity with the managed columns that it does not declare itself. */
export function mapEntity(
  target: Constructor,
  { tableName }: SessionModelMetadata,
  plan: ColumnPlan<DeclaredEntityColumn>,
  declared: readonly DeclaredEntityColumn[],
  database: DatabaseType | undefined,
): void {
  nameTable(target, tableName)
  const hasOwnKey = declared.some((column) => column.options.primary === true)
  for (const spec of plan.added) addColumn(target, spec, hasOwnKey, database)
  const expires = plan.serving.get('expires')?.property ?? 'expires'
  if (!isIndexed(target, expires)) Index()(target.prototype, expires)
}

function addColumn(target: Constructor, spec: ManagedColumnSpec, hasOwnKey: boolean, database?: DatabaseType): void {
  const options = managedColumnOptions(spec, database)
  if (spec.role === 'id' && !hasOwnKey) PrimaryColumn(options as never)(target.prototype, spec.role)
  else Column(options as never)(target.prototype, spec.role)
  if (spec.role === 'id' && hasOwnKey) Index({ unique: true })(target.prototype, spec.role)
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
  return getMetadataArgsStorage()
    .filterIndices(inheritanceTree(target) as never[])
    .some(({ columns }) => Array.isArray(columns) && columns[0] === property)
}

/** Runs `work`; if it throws, TypeORM's decorators have recorded nothing. */
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
