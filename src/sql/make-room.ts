import type { BackendFailure } from '../core/backend/session-backend.js'

/**
 * Inserts rows. Where the database refuses them, the row of an ended session may have been in the way, which the table
 * keeps, marked as deleted: if `makeRoom` removes one, this tries once more. After any other failure it does not.
 */
export async function insertMakingRoom(
  insert: () => Promise<unknown>,
  makeRoom: () => Promise<number>,
  failureOf: (error: unknown) => BackendFailure,
): Promise<void> {
  try {
    await insert()
  } catch (refusal) {
    if (failureOf(refusal) !== 'failed' || (await removed(makeRoom, failureOf)) === 0) throw refusal
    await insert()
  }
}

/** A failure that another try may mend is told, as it does not mean that there is no room. */
async function removed(
  makeRoom: () => Promise<number>,
  failureOf: (error: unknown) => BackendFailure,
): Promise<number> {
  try {
    return await makeRoom()
  } catch (error) {
    if (failureOf(error) !== 'failed') throw error
    return 0
  }
}
