import { isUnavailable } from '../backend/backend-error.js'
import { createId, hashId } from '../codec/id.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { KeyedMutex } from '../concurrency/mutex.js'
import { retry } from '../concurrency/retry.js'
import type { SessionRepository } from './session-repository.js'

/** The time after which a lease ends by itself, in milliseconds: its process may have crashed. */
const lease = 5000
/** The expiry of a free lease: long ago, by the clock of every process, and in every time zone. */
const longAgo = new Date(86_400_000)
/** Enough to wait until an abandoned lease can be taken over, and longer. */
const patience = { attempts: 300, longestPause: 50 }
/** The most times in a row that a lease may be released just before its row is read. */
const mostMisses = 10

/**
 * Lets one of several processes work at a time. The lease is a marker row in the table of the sessions, held until it
 * expires or is released. It has no columns, and an id that no cookie can hold.
 */
export class Lease {
  readonly #repository: SessionRepository
  readonly #mutex = new KeyedMutex()

  constructor(repository: SessionRepository) {
    this.#repository = repository
  }

  /** Runs `work` while no other work with this name runs in any process. */
  hold<T>(name: string, deadline: Deadline, work: () => Promise<T>): Promise<T> {
    const id = this.#idFor(name)
    return this.#mutex.take(id, deadline, async () => {
      const held = await this.#wait(id, deadline)
      try {
        return await work()
      } finally {
        if (deadline.isOver) void this.#release(held, this.#repository.time.begin())
        else await this.#release(held, deadline)
      }
    })
  }

  /** Releases the lease. A failure does no harm: the lease expires by itself. */
  async #release(held: StoredRow, deadline: Deadline): Promise<void> {
    await this.#take(held, longAgo, deadline).catch(() => {})
  }

  async #wait(id: string, deadline: Deadline): Promise<StoredRow> {
    let held: StoredRow | undefined
    let misses = 0
    await retry(
      async () => {
        const row = await this.#repository.findOne(id, deadline)
        if (row && !this.#isFree(row)) return false
        try {
          held = await (row ? this.#take(row, this.#untilLeaseEnds(), deadline) : this.#insert(id, deadline))
        } catch (error) {
          if (isUnavailable(error) || ++misses > mostMisses) throw this.#repository.told(error)
        }
        return held !== undefined
      },
      deadline,
      patience,
    )
    return held as StoredRow
  }

  #insert(id: string, deadline: Deadline): Promise<StoredRow> {
    return this.#repository.insertMarker(id, newHolding(), this.#untilLeaseEnds(), deadline)
  }

  /** Takes the lease; resolves to `undefined` if another process has taken it since it was read. */
  #take(row: StoredRow, expires: Date, deadline: Deadline): Promise<StoredRow | undefined> {
    return this.#repository.rewriteMarker(row, newHolding(), expires, deadline)
  }

  #isFree({ expires }: StoredRow): boolean {
    return expires.getTime() <= this.#repository.options.now()
  }

  #untilLeaseEnds(): Date {
    return new Date(this.#repository.options.now() + lease)
  }

  #idFor(name: string): string {
    const most = this.#repository.options.backend.capabilities.idLength ?? Number.POSITIVE_INFINITY
    return `~${hashId(name).slice(1, most)}`
  }
}

/** A random name for one holding. If an answer is lost, it shows who holds the lease. */
function newHolding(): SessionMeta {
  return { lock: createId(12) }
}
