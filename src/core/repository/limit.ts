import { checkWhere } from '../backend/row-filter.js'
import type { RowFilter } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { SessionError } from '../errors.js'
import type { ResolvedLimit } from '../options/limit-options.js'
import type { Ending } from './ending.js'
import { Lease } from './lease.js'
import type { SessionRepository } from './session-repository.js'

type Write = () => Promise<StoredRow | undefined>

/** Keeps the option `limit` exactly: writes of one value run one after the other, in all processes. */
export class Limit {
  readonly #repository: SessionRepository
  readonly #ending: Ending
  readonly #lease: Lease

  constructor(repository: SessionRepository, ending: Ending) {
    this.#repository = repository
    this.#ending = ending
    this.#lease = new Lease(repository)
  }

  /** Runs `write`, which gives the row `rowId` the `value` in the limited column, if the limit allows it. Throws `SESSION_LIMIT`. */
  admit(rowId: string, value: unknown, deadline: Deadline, write: Write): Promise<StoredRow | undefined> {
    const { limit } = this.#repository.options
    const isLimited = limit && value !== undefined && value !== null
    return isLimited ? this.#admitInTurn(limit, rowId, value, deadline, write) : write()
  }

  async #admitInTurn(
    limit: ResolvedLimit,
    rowId: string,
    value: unknown,
    deadline: Deadline,
    write: Write,
  ): Promise<StoredRow | undefined> {
    const where = checkWhere({ [limit.by]: value }, this.#repository.schema.columns)
    return this.#lease.hold(`limit ${limit.by} ${describe(value)}`, deadline, async () => {
      const surplus = await this.#surplus(limit, where, rowId, deadline)
      if (surplus.length > 0 && limit.onExceed === 'refuse') throw tooMany(limit)
      const written = await write()
      if (written) for (const row of surplus) await this.#ending.end(row.id, 'limit', deadline, row)
      return written
    })
  }

  /** The sessions that exceed the limit beside this one: those that logged in first. */
  async #surplus({ max }: ResolvedLimit, where: RowFilter, rowId: string, deadline: Deadline): Promise<StoredRow[]> {
    const all = await this.#repository.list(where, mostListed, deadline)
    const others = all.filter(({ id }) => id !== rowId).sort((a, b) => age(a) - age(b) || (a.id < b.id ? -1 : 1))
    return others.slice(0, Math.max(0, others.length + 1 - max))
  }
}

const mostListed = 100_000

function age({ meta, createdAt, expires }: StoredRow): number {
  return meta.authenticatedAt ?? (createdAt ?? expires).getTime()
}

/** A text that is equal for values which some type of column takes for equal: CHAR ignores blanks at the end, UUID ignores case. */
function describe(value: unknown): string {
  return value instanceof Date ? String(value.getTime()) : String(value).trimEnd().toLowerCase()
}

function tooMany({ by, max }: ResolvedLimit): SessionError {
  return new SessionError(
    'SESSION_LIMIT',
    `There are ${max} sessions with this ${by} already, which is the limit. End one of them first.`,
  )
}
