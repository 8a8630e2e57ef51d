/**
 * Inserts rows. Where that fails, the row of an ended session may have been in the way, which the table keeps, marked as
 * deleted: if `makeRoom` removes one, this tries once more.
 */
export async function insertMakingRoom(insert: () => Promise<unknown>, makeRoom: () => Promise<number>): Promise<void> {
  try {
    await insert()
  } catch (error) {
    const removed = await makeRoom().catch(() => 0)
    if (removed === 0) throw error
    await insert()
  }
}
