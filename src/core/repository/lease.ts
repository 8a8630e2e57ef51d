import { isUnavailable } from '../backend/backend-error.js'
import { createId, hashId } from '../codec/id.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { KeyedMutex } from '../concurrency/mutex.js'
import { retry } from '../concurrency/retry.js'
import type { SessionRepository } from './session-repository.js'

/** After so long a lock counts as left behind by a process that is no more, in milliseconds. */
const lease = 5000
/** A lock that is free has expired long ago, by the clock of every process, and in every time zone. */
const longAgo = new Date(86_400_000)
/** Until a lock that was left behind can be taken over, and some more. */
const patience = { attempts: 300, longestPause: 50 }
/** So often in a row a lock can be released just when somebody looks who has it. */
const mostMisses = 10

/**
 * Lets one of several processes work at a time. The lock is a row in the table of the sessions, held until it expires or
 * is released. It is no session: it has no columns, and an id that no cookie can hold.
 */
export class Lease {
  readonly #repository: SessionRepository
  readonly #mutex = new KeyedMutex()

  constructor(repository: SessionRepository) {
    this.#repository = repository
  }

  /** Does the work while nobody else works under this name, in any process. */
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

  /** If it is not released, it expires by itself. */
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

  /** Nothing if somebody else has taken it since it was read. */
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

/** Where an answer is lost, it shows whether the lock that is there is ours. */
function newHolding(): SessionMeta {
  return { lock: createId(12) }
}
