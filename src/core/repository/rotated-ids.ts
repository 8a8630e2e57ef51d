import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { retry } from '../concurrency/retry.js'
import { SessionError } from '../errors.js'
import type { GoneReason } from '../events.js'
import { forwardingIdOf, withFormer } from './former-ids.js'
import { type Forwarding, ForwardingCipher, type Snapshot } from './forwarding-row.js'
import type { ForwardingSweep } from './forwarding-sweep.js'
import type { SessionRepository } from './session-repository.js'

/** A row that an id opens, and whether it is only what the session was: its row stands under another id by now. */
export interface Opened {
  readonly row: StoredRow
  readonly isForwarded: boolean
}

/** What a request knows of the row of its session: where it was, where it was found last, and the id that it gets. */
interface RequestedRow {
  readonly rowId: string
  readonly currentRowId: string
  readonly nextId: string | undefined
}

/** How an id is replaced. */
export interface Rotation {
  /** The row as it was read. */
  readonly row: StoredRow
  /** The id that is replaced. */
  readonly id: string
  /** The id of the row that the session will have. */
  readonly successor: string
  /** Whether the id opens nothing from then on, and only leads those to the session who are under way. */
  readonly isClosed: boolean
}

interface Left {
  readonly forwarding: StoredRow | undefined
  /** What stands where the forwarding row would, and is none. */
  readonly other: StoredRow | undefined
}

/** Nobody takes so long between leaving a forwarding row and replacing the id, in milliseconds: such a forwarding row was left behind by a crash. */
const longestReplacement = 5000

/**
 * What a session leaves under its old id when `regenerate()` gives it another: a row that names the successor, and keeps
 * what the session was, encrypted.
 *
 * Requests that began with the old id find the session by it, write to it and end it. Requests that come with the old
 * id in the next moments do so too; they see the session as it was when it had that id, and never what only the new id
 * opens. A forwarding row is an expired row to everybody else. It is removed with the session, or some time after the grace.
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
   * The living session that a cookie's `id` opens: its row; or, while the id was replaced a moment ago, the row as it was
   * then, under the old id.
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
    const { forwarding } = await this.#findLeft(rowId, deadline)
    if (!forwarding || now() >= replacedAt(forwarding) + grace) return 'ended'
    const successor = await this.#follow(forwarding, rowId, deadline, true)
    if (typeof successor === 'string') return successor
    const snapshot = this.#cipher.snapshotOf(forwarding, id)
    if (!snapshot) return 'ended'
    const { expires, createdAt } = successor
    return { row: { ...forwarding, ...snapshot, id: rowId, expires, createdAt }, isForwarded: true }
  }

  /**
   * The row that the session has now which once had this one; or why there is none. `isOpening` is for those who would open
   * the session by an old id, or begin another one with what is in it.
   */
  async follow(rowId: string, deadline: Deadline, isOpening = false): Promise<StoredRow | GoneReason> {
    const own = await this.#repository.findOne(rowId, deadline)
    if (own) return this.#repository.isAlive(own) ? own : 'expired'
    const { forwarding } = await this.#findLeft(rowId, deadline)
    return forwarding ? this.#follow(forwarding, rowId, deadline, isOpening) : 'ended'
  }

  /** The row that the session of a request has now; or why there is none. To a request that gives it another id, an old one must lead. */
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

  /** The row that the session had next which once had this one, if its forwarding row is there. */
  async successorOf(rowId: string, deadline: Deadline): Promise<string | undefined> {
    const { forwarding } = await this.#findLeft(rowId, deadline)
    return forwarding && this.#cipher.contentOf(forwarding, rowId).successor
  }

  /** The metadata of the session whose id is replaced: they name the forwarding row. */
  metaAfter({ id }: StoredRow, meta: SessionMeta): SessionMeta {
    const { options } = this.#repository
    return withFormer(meta, forwardingIdOf(id, options), options.now(), options)
  }

  /**
   * Leaves a forwarding row before the id of a row is replaced, so that there is no moment in which neither id leads to the
   * session. Tells `false` if somebody else is about to replace it, has replaced it, or has ended the session. A row that stood
   * in the way may be gone when it is looked for: with its session, just now. So it is tried once more.
   */
  async leave(rotation: Rotation, deadline: Deadline, isRepeated = false): Promise<boolean> {
    const { row, successor } = rotation
    this.#sweep.await()
    try {
      await this.#put(rotation, deadline)
      return true
    } catch (error) {
      const own = await this.#repository.findOne(row.id, deadline)
      if (!own) return false
      const { forwarding, other } = await this.#findLeft(row.id, deadline)
      const there = forwarding ?? other
      if (!there && isRepeated) throw this.#repository.told(error)
      if (!there) return this.leave(rotation, deadline, true)
      const isOurs = forwarding !== undefined && this.#cipher.contentOf(forwarding, row.id).successor === successor
      if (!isOurs && this.#repository.options.now() < replacedAt(there) + longestReplacement) return false
      return (await this.#put(rotation, deadline, there)) !== undefined
    }
  }

  /** After the id was replaced: if that took long, somebody may have taken the forwarding row, left at `since`, for left behind. */
  async confirm(rotation: Rotation, since: number, deadline: Deadline): Promise<void> {
    if (this.#repository.options.now() - since < longestReplacement / 2) return
    const { row, successor } = rotation
    const { forwarding, other } = await this.#findLeft(row.id, deadline)
    if (forwarding && this.#cipher.contentOf(forwarding, row.id).successor === successor) return
    await this.#put(rotation, deadline, forwarding ?? other).catch((error: unknown) => {
      throw this.#repository.told(error)
    })
  }

  /** Removes what {@link leave} left, where the session has ended before its id was replaced. */
  async erase(rowId: string, deadline: Deadline): Promise<void> {
    await this.#repository.removal.forwardingRows([forwardingIdOf(rowId, this.#repository.options)], deadline)
  }

  /** From now on the id opens nothing, if it was replaced. */
  async close(rowId: string, deadline: Deadline): Promise<void> {
    await retry(async () => {
      const { forwarding } = await this.#findLeft(rowId, deadline)
      if (!forwarding) return true
      const { successor } = this.#cipher.contentOf(forwarding, rowId)
      return (
        (await this.#write(rowId, rowId, { successor, isClosed: true }, undefined, deadline, forwarding)) !== undefined
      )
    }, deadline)
  }

  /** Writes the forwarding row, in place of what stands there. Without the columns, or without a snapshot, if there is no room for them. */
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

  /** Where there are keys, a forwarding row that is not encrypted is none. */
  #isForwarding({ meta }: StoredRow): boolean {
    return meta.trace !== undefined && (meta.traceKey !== undefined || !this.#repository.encryption.isLocked)
  }

  /** What stands where the forwarding row would: in most cases nobody asks, since the row itself is there. */
  async #findLeft(rowId: string, deadline: Deadline): Promise<Left> {
    const left = await this.#repository.findOne(forwardingIdOf(rowId, this.#repository.options), deadline)
    return left && this.#isForwarding(left)
      ? { forwarding: left, other: undefined }
      : { forwarding: undefined, other: left }
  }
}

function replacedAt({ meta }: StoredRow): number {
  return meta.replacedAt ?? 0
}
