import { In, IsNull, Not, type ObjectLiteral, type QueryRunner } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'

/**
 * Deletes the rows that match, except those with the ids in `except`, or soft-deletes them if the entity has a
 * `@DeleteDateColumn()`. Resolves to their number.
 */
export async function deleteRows(
  { manager, connection }: QueryRunner,
  entity: Constructor,
  table: SessionTable,
  where: ObjectLiteral,
  except: readonly string[],
): Promise<number> {
  const { deleteDateColumn: deleted } = connection.getMetadata(entity)
  const builder = manager.createQueryBuilder()
  const deletion = deleted ? builder.softDelete().from(entity) : builder.delete().from(entity)
  const condition = { ...where, ...(deleted && { [deleted.propertyName]: IsNull() }) }
  if (Object.keys(condition).length > 0) deletion.where(condition)
  if (except.length > 0) deletion.andWhere({ [table.id]: Not(In([...except])) })
  const { affected } = await deletion.execute()
  return affected ?? 0
}
