import type { ObjectLiteral, QueryRunner, SelectQueryBuilder } from 'typeorm'
import type { SessionRow } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { entitiesOf } from './raw-moment.js'

/** What a find has besides its `where`. */
export interface FindOptions {
  /** More conditions, which must hold too. */
  readonly and?: readonly ObjectLiteral[]
  /** The number of rows: the first ones in the order of the property `order`. */
  readonly limit?: number
  readonly order?: string
}

/**
 * Finds rows by TypeORM's own find, and runs its listeners.
 *
 * @param condition SQL for one more condition.
 */
export async function findRows(
  { manager, connection }: QueryRunner,
  entity: Constructor,
  table: SessionTable,
  where: ObjectLiteral,
  { and = [], limit, order }: FindOptions,
  condition: string | undefined,
): Promise<SessionRow[]> {
  const keys = connection.getMetadata(entity).primaryColumns.map((column) => column.propertyPath)
  const names = new Set([...keys, ...table.properties])
  const select = manager
    .createQueryBuilder(entity as Constructor<ObjectLiteral>, 'session')
    .select(Array.from(names, (name) => `session.${name}`))
  narrow(select, [where, ...and], condition)
  if (limit !== undefined) select.orderBy(`session.${order}`).limit(limit)
  return (await entitiesOf(connection, select, table)).map((row) => table.toRow(row as RowRecord))
}

/** Counts the rows for which all conditions hold. Resolves to nothing instead of 0, as a find that finds nothing does. */
export async function countRows(
  { manager }: QueryRunner,
  entity: Constructor,
  conditions: readonly ObjectLiteral[],
  condition: string | undefined,
): Promise<number[]> {
  const select = manager
    .createQueryBuilder(entity as Constructor<ObjectLiteral>, 'session')
    .select('COUNT(*)', 'rows_found')
  narrow(select, conditions, condition)
  const counted = Number((await select.getRawOne<{ rows_found: unknown }>())?.rows_found)
  return counted > 0 ? [counted] : []
}

function narrow(
  select: SelectQueryBuilder<ObjectLiteral>,
  conditions: readonly ObjectLiteral[],
  condition: string | undefined,
): void {
  select.cache(false) // the cache of the application may have sessions that have ended
  for (const one of conditions) if (Object.keys(one).length > 0) select.andWhere(one)
  if (condition !== undefined) select.andWhere(condition)
}
