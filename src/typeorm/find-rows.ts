import type { ObjectLiteral, QueryRunner } from 'typeorm'
import type { SessionRow } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { entitiesOf } from './raw-moment.js'

/** What a find has besides its `where`. */
interface FindOptions {
  /** The number of rows: those that expire first. */
  readonly limit?: number | undefined
  /** SQL for one more condition. */
  readonly condition?: string | undefined
}

/** Finds rows by TypeORM's own find, and runs its listeners. */
export async function findRows(
  { manager, connection }: QueryRunner,
  entity: Constructor,
  table: SessionTable,
  where: ObjectLiteral,
  { limit, condition }: FindOptions,
): Promise<SessionRow[]> {
  const keys = connection.getMetadata(entity).primaryColumns.map((column) => column.propertyPath)
  const names = new Set([...keys, ...table.properties])
  const select = manager
    .createQueryBuilder(entity as Constructor<ObjectLiteral>, 'session')
    .select(Array.from(names, (name) => `session.${name}`))
    .where(where)
    .cache(false) // the cache of the application may have sessions that have ended
  if (condition !== undefined) select.andWhere(condition)
  if (limit !== undefined) select.orderBy(`session.${table.expires}`).limit(limit)
  return (await entitiesOf(connection, select, table)).map((row) => table.toRow(row as RowRecord))
}
