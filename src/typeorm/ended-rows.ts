import { In, IsNull, Not, type QueryRunner } from 'typeorm'
import type { Constructor } from '../model/metadata.js'

/** Removes what is left of ended sessions with these ids, never a living one, and tells how many rows that were. */
export async function removeEnded(
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
