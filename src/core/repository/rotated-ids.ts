import { movedRowId } from '../codec/id.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { retry } from '../concurrency/retry.js'
import { SessionError } from '../errors.js'
import type { GoneReason } from '../events.js'
import { forwardingIdOf, withFormer } from './former-ids.js'
import { type Forwarding, ForwardingCipher, type Snapshot } from './forwarding-row.js'
import type { ForwardingSweep } from './forwarding-sweep.js'
import type { SessionRepository } from './session-repository.js'

/** A row that an id opens. `isForwarded` says that it is only a snapshot: the session has another id now. */
export interface Opened {
  readonly row: StoredRow
  readonly isForwarded: boolean
}

/** The rows that a request knows of its session: the one that it read, the latest one, and the id of the next one. */
interface RequestedRow {
  readonly rowId: string
  readonly currentRowId: string
  readonly nextId: string | undefined
}

/** The replacement of an id. */
export interface Rotation {
  /** The row of the session, as it was read. */
  readonly row: StoredRow
  /** The id to replace. */
  readonly id: string
  /** The id of the row that the session will have. */
  readonly successor: string
  /** Whether the replaced id opens nothing: then its forwarding row only leads running requests to the session. */
  readonly isClosed: boolean
}

interface FoundRow {
  readonly forwarding: StoredRow | undefined
  /** A row with the id of the forwarding row that is no forwarding row. */
  readonly other: StoredRow | undefined
}

/** The longest time between leaving a forwarding row and replacing the id, in milliseconds. After it the process counts as crashed. */
const longestReplacement = 5000

/**
 * The forwarding rows that sessions leave under their old ids when `regenerate()` gives them new ones. A forwarding row
 * names the successor and contains a snapshot of the session, both encrypted.
 *
 * Requests that began with the old id use it to find, write and end the session. Requests that come with the old id during
 * the grace do so too, but see only the snapshot, never later content. To all others a forwarding row is an expired row. It
 * is removed together with the session, or some time after the grace.
 */
export class RotatedIds {
  readonly #repository: SessionRepository
  readonly #sweep: ForwardingSweep
  readonly #cipher: ForwardingCipher

  constructor(repository: SessionRepository, sweep: ForwardingSweep) {
    this.#repository = repository
    this.#sweep = sweep
    this.#cipher = new ForwardingCipher(repository.encryption)
  }

  /**
   * Opens the session of a cookie's `id`: its living row; or, if the id was replaced a moment ago, the row as it was then,
   * under the old id; or the reason why there is none.
   */
  open(id: string, rowId: string, deadline: Deadline): Promise<Opened | GoneReason> {
    return this.#repository.findOne(rowId, deadline).then((own) => {
      if (!own) return this.#openReplaced(id, rowId, deadline)
      return this.#repository.isAlive(own) ? { row: own, isForwarded: false } : 'expired'
    })
  }

  async #openReplaced(id: string, rowId: string, deadline: Deadline): Promise<Opened | GoneReason> {
    const { grace, now } = this.#repository.options
    if (grace === 0) return 'ended'
    const { forwarding } = await this.#findForwarding(rowId, deadline)
    if (!forwarding || now() >= replacedAt(forwarding) + grace) return 'ended'
    const successor = await this.#follow(forwarding, rowId, deadline, true)
    if (typeof successor === 'string') return successor
    const snapshot = this.#cipher.snapshotOf(forwarding, id)
    if (!snapshot) return 'ended'
    const { expires, createdAt, lastSeenAt } = successor
    return { row: { ...forwarding, ...snapshot, id: rowId, expires, createdAt, lastSeenAt }, isForwarded: true }
  }

  /**
   * Follows forwarding rows from a row of a session to the row that it has now, or resolves to the reason why there is none.
   * `isOpening` is for requests that open the session by an old id, or copy it to another one.
   */
  async follow(rowId: string, deadline: Deadline, isOpening = false): Promise<StoredRow | GoneReason> {
    const own = await this.#repository.findOne(rowId, deadline)
    if (own) return this.#repository.isAlive(own) ? own : 'expired'
    const { forwarding } = await this.#findForwarding(rowId, deadline)
    const found = forwarding ? await this.#follow(forwarding, rowId, deadline, isOpening) : 'ended'
    const moved = movedRowId(rowId, this.#repository.options.hashIds)
    return found === 'ended' && moved !== undefined ? this.follow(moved, deadline, isOpening) : found
  }

  /** The row that the session of a request has now, or why there is none. Replacing the id needs an old id that still opens it. */
  async successorFor(
    { rowId, currentRowId, nextId }: RequestedRow,
    deadline: Deadline,
  ): Promise<StoredRow | GoneReason> {
    if (nextId === undefined) return this.follow(currentRowId, deadline)
    const opened = await this.follow(rowId, deadline, true)
    return opened === 'ended' ? this.follow(currentRowId, deadline, true) : opened
  }

  async #follow(
    forwarding: StoredRow,
    rowId: string,
    deadline: Deadline,
    isOpening: boolean,
  ): Promise<StoredRow | GoneReason> {
    const { successor, isClosed } = this.#cipher.contentOf(forwarding, rowId)
    return isOpening && isClosed ? 'replaced' : this.follow(successor, deadline, isOpening)
  }

  /** The id of the next row of the session that had this row, if the forwarding row exists. */
  async successorOf(rowId: string, deadline: Deadline): Promise<string | undefined> {
    const { forwarding } = await this.#findForwarding(rowId, deadline)
    return forwarding && this.#cipher.contentOf(forwarding, rowId).successor
  }

  /** The metadata of a session whose id is replaced: they name the forwarding row. */
  metaAfter({ id }: StoredRow, meta: SessionMeta): SessionMeta {
    const { options } = this.#repository
    return withFormer(meta, forwardingIdOf(id, options), options.now(), options)
  }

  /**
   * Leaves a forwarding row before the id of a row is replaced, so that one of the two ids leads to the session at any
   * moment. Resolves to `false` if another request is replacing or has replaced the id, or has ended the session. A row
   * that stood in the way may be gone when it is looked for, with its session: then it is tried once more.
   */
  async insertForwarding(rotation: Rotation, deadline: Deadline, isRepeated = false): Promise<boolean> {
    const { row, successor } = rotation
    this.#sweep.await()
    try {
      await this.#put(rotation, deadline)
      return true
    } catch (error) {
      const own = await this.#repository.findOne(row.id, deadline)
      if (!own) return false
      const { forwarding, other } = await this.#findForwarding(row.id, deadline)
      const there = forwarding ?? other
      if (!there && isRepeated) throw this.#repository.told(error)
      if (!there) return this.insertForwarding(rotation, deadline, true)
      const isOurs = forwarding !== undefined && this.#cipher.contentOf(forwarding, row.id).successor === successor
      if (!isOurs && this.#repository.options.now() < replacedAt(there) + longestReplacement) return false
      return (await this.#put(rotation, deadline, there)) !== undefined
    }
  }

  /** Restores the forwarding row, left at `since`, after a slow replacement: others may have taken it for one of a crash. */
  async confirm(rotation: Rotation, since: number, deadline: Deadline): Promise<void> {
    if (this.#repository.options.now() - since < longestReplacement / 2) return
    const { row, successor } = rotation
    const { forwarding, other } = await this.#findForwarding(row.id, deadline)
    if (forwarding && this.#cipher.contentOf(forwarding, row.id).successor === successor) return
    await this.#put(rotation, deadline, forwarding ?? other).catch((error: unknown) => {
      throw this.#repository.told(error)
    })
  }

  /** Removes the row of {@link insertForwarding} if the session has ended before its id was replaced. */
  async deleteForwarding(rowId: string, deadline: Deadline): Promise<void> {
    await this.#repository.removal.forwardingRows([forwardingIdOf(rowId, this.#repository.options)], deadline)
  }

  /** Closes a replaced id: it opens nothing from now on. */
  async close(rowId: string, deadline: Deadline): Promise<void> {
    await retry(async () => {
      const { forwarding } = await this.#findForwarding(rowId, deadline)
      if (!forwarding) return true
      const { successor } = this.#cipher.contentOf(forwarding, rowId)
      return (
        (await this.#write(rowId, rowId, { successor, isClosed: true }, undefined, deadline, forwarding)) !== undefined
      )
    }, deadline)
  }

  /** Writes the forwarding row, or replaces the row there. Leaves out the columns, or the snapshot, if there is no room. */
  async #put(
    { row, id, successor, isClosed }: Rotation,
    deadline: Deadline,
    there?: StoredRow,
  ): Promise<StoredRow | undefined> {
    if (isClosed) return this.#write(id, row.id, { successor, isClosed }, undefined, deadline, there)
    const { key: _, former, formerAt, ...meta } = row.meta
    const snapshot = { data: this.#repository.encryption.decrypt(row), meta, columns: row.columns }
    for (const smaller of [snapshot, { ...snapshot, columns: {} }]) {
      try {
        return await this.#write(id, row.id, { successor }, smaller, deadline, there)
      } catch (error) {
        if (!(error instanceof SessionError) || error.code !== 'DATA_TOO_LARGE') throw error
      }
    }
    return this.#write(id, row.id, { successor }, undefined, deadline, there)
  }

  async #write(
    id: string,
    rowId: string,
    content: Forwarding,
    snapshot: Snapshot | undefined,
    deadline: Deadline,
    there?: StoredRow,
  ): Promise<StoredRow | undefined> {
    const forwardingId = forwardingIdOf(rowId, this.#repository.options)
    const now = this.#repository.now()
    const meta = {
      ...this.#cipher.encode(forwardingId, id, rowId, content, snapshot),
      replacedAt: now.getTime(),
    }
    return there
      ? this.#repository.rewriteMarker(there, meta, now, deadline)
      : this.#repository.insertMarker(forwardingId, meta, now, deadline)
  }

  /** Whether the row is a forwarding row. With `encryptionKeys` it must be encrypted with one of them. */
  #isForwarding({ meta }: StoredRow): boolean {
    return meta.trace !== undefined && (meta.traceKey !== undefined || !this.#repository.encryption.hasKeys)
  }

  /** Reads the row with the id of the forwarding row. Rarely needed, since most ids lead to their own row. */
  async #findForwarding(rowId: string, deadline: Deadline): Promise<FoundRow> {
    const left = await this.#repository.findOne(forwardingIdOf(rowId, this.#repository.options), deadline)
    return left && this.#isForwarding(left)
      ? { forwarding: left, other: undefined }
      : { forwarding: undefined, other: left }
  }
}

function replacedAt({ meta }: StoredRow): number {
  return meta.replacedAt ?? 0
}
