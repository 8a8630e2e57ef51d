import { isTransient } from '../backend/backend-error.js'
import { unhashedRowId } from '../codec/id.js'
import type { StoredRow } from '../codec/session-meta.js'
import { forwardingIdOf } from '../repository/former-ids.js'
import type { Shared } from '../session/shared.js'

/** The row that a session has now, or why there is none. */
export type Found = StoredRow | 'ended' | 'expired'

/** After so many single failures, without any success, the rows are not at fault. */
const mostFailures = 8

/** Reads the rows of many sessions with few statements. */
export class WatchedRows {
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  /**
   * Reads the rows with these ids, and follows those that have another id now. A row that cannot be read is left out.
   * Rejects if the database fails.
   */
  async read(rowIds: readonly string[]): Promise<ReadonlyMap<string, Found>> {
    const found = new Map<string, Found>()
    const missing = new Set(rowIds)
    for (const [rowId, row] of await this.#find(rowIds)) {
      missing.delete(rowId)
      if (row) await this.#note(found, rowId, async () => this.#judge(row))
    }
    const followed = missing.size > 0 ? await this.#forwarded([...missing]) : missing
    for (const rowId of missing) {
      if (followed.has(rowId)) await this.#note(found, rowId, () => this.follow(rowId))
      else found.set(rowId, 'ended')
    }
    return found
  }

  /** Finds the row that a session has now which had this row. Rejects with `DATA_CORRUPT` if it cannot be read. */
  async follow(rowId: string): Promise<Found> {
    const { rotatedIds, repository, time } = this.#shared
    const row = asFound(await rotatedIds.follow(rowId, time.begin()))
    const mayBeHashed = row === 'ended' && this.#isUnhashed(rowId)
    return mayBeHashed ? asFound(await rotatedIds.follow(repository.rowId(rowId), time.begin())) : row
  }

  /** Notes the outcome. An unreadable row is left out: its session has not ended, and requests with it report the error. */
  async #note(found: Map<string, Found>, rowId: string, look: () => Promise<Found>): Promise<void> {
    try {
      found.set(rowId, await look())
    } catch (error) {
      if (isTransient(error)) throw error
    }
  }

  #judge(row: StoredRow): Found {
    return this.#shared.repository.isAlive(row) ? row : 'expired'
  }

  /** Finds rows by id. The rows that cannot be read are `undefined`. */
  async #find(rowIds: readonly string[]): Promise<Map<string, StoredRow | undefined>> {
    const { repository, time } = this.#shared
    try {
      const rows = await repository.findAll(rowIds, time.begin())
      return new Map(rows.map((row) => [row.id, row]))
    } catch (error) {
      if (isTransient(error)) throw error
      return this.#findEach(rowIds, error)
    }
  }

  /** Finds rows one by one, because one of them may be at fault that they could not be read together. */
  async #findEach(rowIds: readonly string[], error: unknown): Promise<Map<string, StoredRow | undefined>> {
    const { repository, time } = this.#shared
    const rows = new Map<string, StoredRow | undefined>()
    let hasSucceeded = false
    for (const rowId of rowIds) {
      try {
        const [row] = await repository.findAll([rowId], time.begin())
        hasSucceeded = true
        if (row) rows.set(rowId, row)
      } catch (cause) {
        if (isTransient(cause)) throw cause
        rows.set(rowId, undefined)
      }
      if (!hasSucceeded && rows.size === mostFailures) throw error
    }
    if (!hasSucceeded) throw error
    return rows
  }

  /** The ids among these that may lead to another row. */
  async #forwarded(rowIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { repository, options, time } = this.#shared
    const names = new Map(rowIds.map((rowId) => [forwardingIdOf(rowId, options), rowId]))
    const rows = await repository.findAll([...names.keys()], time.begin())
    const unhashed = rowIds.filter((rowId) => this.#isUnhashed(rowId))
    return new Set([...rows.flatMap(({ id }) => names.get(id) ?? []), ...unhashed])
  }

  /** Whether the row may get a hashed id, without a forwarding row. */
  #isUnhashed(rowId: string): boolean {
    return unhashedRowId(rowId, this.#shared.options.hashIds) !== undefined
  }
}

/** Only requests that open a session by an old id are told that it was replaced. */
function asFound(followed: StoredRow | 'ended' | 'expired' | 'replaced'): Found {
  return followed === 'replaced' ? 'ended' : followed
}
