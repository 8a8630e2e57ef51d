import type { QueryRunner } from 'typeorm'
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
  const entities = rows.map((row) => Object.assign(metadata.create(), table.toRecord(row)))
  const written = metadata.columns.filter((column) => column.isInsert && column.asExpression === undefined)
  const properties = written.map((column) => column.propertyPath)
  const insertion = manager.createQueryBuilder().insert().into(entity, properties)
  await insertion.values(entities).updateEntity(false).execute()
}
