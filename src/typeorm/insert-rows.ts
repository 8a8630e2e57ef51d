import { In, IsNull, Not, type QueryRunner } from 'typeorm'
import type { SessionRow } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'

/** Inserts rows with every column that an insert may write, and does not read them back. */
export async function insertRows(
  { connection, manager }: QueryRunner,
  entity: Constructor,
  table: SessionTable,
  rows: readonly SessionRow[],
): Promise<void> {
  const metadata = connection.getMetadata(entity)
  const entities = rows.map((row) => Object.assign(metadata.create(), table.forOrm(table.toRecord(row))))
  const written = metadata.columns.filter((column) => column.isInsert && column.asExpression === undefined)
  const properties = written.map((column) => column.propertyPath)
  const insertion = manager.createQueryBuilder().insert().into(entity, properties)
  await insertion.values(entities).updateEntity(false).execute()
}

/** Removes soft-deleted rows with these ids, never a living one, and returns how many. */
export async function removeSoftDeleted(
  { manager, connection }: QueryRunner,
  entity: Constructor,
  idProperty: string,
  ids: readonly string[],
): Promise<number> {
  const deleted = connection.getMetadata(entity).deleteDateColumn
  if (!deleted) return 0
  const ended = { [idProperty]: In([...ids]), [deleted.propertyName]: Not(IsNull()) }
  const { affected } = await manager.createQueryBuilder().delete().from(entity).where(ended).execute()
  return affected ?? 0
}
