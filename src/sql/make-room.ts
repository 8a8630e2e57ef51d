import type { BackendFailure } from '../core/backend/session-backend.js'

/**
 * Inserts rows. If the database refuses them, the soft-deleted row of an ended session may have the same id: if `makeRoom`
 * removes one, the insert is tried once more. It is not after any other failure.
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

/** Removes soft-deleted rows, and returns how many. A failure that may pass is thrown: it does not mean that there were none. */
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
