import type { Refusal } from '../backend/refusal.js'
import type { ExpiredRow, PassedRows } from '../backend/session-backend.js'
import { latest } from './expiry.js'
import type { RefusedRows } from './refused-rows.js'
import type { SessionRepository } from './session-repository.js'

/** The most refused rows that one removal passes. The rows behind them are left for the next removal. */
const mostRefused = 1000
/** The number of refused rows that a failed wait counts for, such as one for a lock: it takes seconds. */
const costOfWaiting = 100

/** The most rows that are passed because another process has removed them: earlier ones are gone by now. */
const mostVanished = 1000
/** The most batches in a row of which nothing is left: a replica that is behind may show them for long. */
const mostUnmoved = 100

/** The error codes of statements that were tried for long: a row of the batch may be locked. */
const gaveUp = ['BACKEND_TIMEOUT', 'CONFLICT']

/** The expired rows that were found and still exist. The next batch begins behind them. */
export class LeftRows implements PassedRows {
  readonly from: Date | null
  readonly #rows: readonly ExpiredRow[]
  /** Rows that were found, and were gone when they were to be removed. */
  readonly #vanished: readonly ExpiredRow[]

  constructor(from: Date | null = null, rows: readonly ExpiredRow[] = [], vanished: readonly ExpiredRow[] = []) {
    this.from = from
    this.#rows = rows
    this.#vanished = vanished
  }

  get except(): string[] {
    return idsOf([...this.#rows, ...this.#vanished])
  }

  /** Adds the rows that are `left` of a batch. Rows that expire before the last row of the batch need no id. */
  and(left: readonly ExpiredRow[], batch: readonly ExpiredRow[]): LeftRows {
    return this.#behind(batch, [...this.#rows, ...left], this.#vanished)
  }

  /** Adds a batch that has vanished. */
  withoutVanished(batch: readonly ExpiredRow[]): LeftRows {
    return this.#behind(batch, this.#rows, [...this.#vanished, ...batch].slice(-mostVanished))
  }

  #behind(batch: readonly ExpiredRow[], rows: readonly ExpiredRow[], vanished: readonly ExpiredRow[]): LeftRows {
    const from = batch.findLast(({ expires }) => Math.abs(expires.getTime()) < latest)?.expires ?? this.from
    const isBehind = ({ expires }: ExpiredRow): boolean => !(from && expires < from)
    return new LeftRows(from, rows.filter(isBehind), vanished.filter(isBehind))
  }
}

/**
 * Removes expired rows in batches. If the database refuses a statement, the batch is halved until the rows to blame are
 * found. These are reported and left; all others are removed.
 */
export class ExpiredBatches {
  readonly #repository: SessionRepository
  readonly #refused: RefusedRows
  readonly #until: Date
  readonly #isWanted: (row: ExpiredRow) => boolean
  #left: LeftRows
  /** The rows of statements that removed fewer rows than they should. */
  readonly #uncertain: ExpiredRow[] = []
  #removed = 0
  #isComplete = true
  #refusedCount = 0
  /** The number of batches in a row that had vanished. */
  #unmoved = 0

  /**
   * Removes rows that are expired at `until`, beginning behind those `left` by an earlier removal. `isWanted` selects
   * rows: the others stay.
   */
  constructor(
    repository: SessionRepository,
    refused: RefusedRows,
    until: Date,
    left: LeftRows,
    isWanted: (row: ExpiredRow) => boolean = () => true,
  ) {
    this.#repository = repository
    this.#refused = refused
    this.#until = until
    this.#left = left
    this.#isWanted = isWanted
  }

  /** The number of removed rows. */
  get removed(): number {
    return this.#removed
  }

  /** Whether all rows that were tried are gone. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** The rows that were found and still exist. */
  get left(): LeftRows {
    return this.#left
  }

  /** Whether so many rows were refused, or so many batches had vanished, that the removal should stop. */
  get isTooMuch(): boolean {
    return this.#refusedCount >= mostRefused || this.#unmoved >= mostUnmoved
  }

  /** Removes the next batch. Resolves to the number of rows that it found. */
  async removeNext(limit: number): Promise<number> {
    const batch = await this.#find(limit)
    const before = this.#removed
    const others = batch.filter((row) => !this.#isWanted(row))
    const refused = await this.#tryAll(batch.filter((row) => !others.includes(row)))
    if (refused.length > 0) this.#isComplete = false
    const left = [...others, ...refused]
    const hasVanished = left.length === 0 && this.#removed === before
    this.#unmoved = hasVanished ? this.#unmoved + 1 : 0
    if (hasVanished) this.#left = this.#left.withoutVanished(batch)
    else if (left.length > 0) this.#left = this.#left.and(left, batch)
    return batch.length
  }

  #find(limit: number): Promise<readonly ExpiredRow[]> {
    return this.#repository.removal.findExpired(this.#until, limit, this.#left)
  }

  /** Tries to remove a batch. Resolves to the rows that are left. Rows that were refused before are tried one by one. */
  async #tryAll(batch: readonly ExpiredRow[]): Promise<ExpiredRow[]> {
    const known = batch.filter(({ id }) => this.#refused.has(id))
    const left = await this.#try(batch.filter((row) => !known.includes(row)))
    for (const row of known) left.push(...(await this.#try([row])))
    left.push(...(await this.#takeUncertain(batch.length)))
    for (const row of known) if (!left.includes(row)) this.#refused.forget(row.id)
    return left
  }

  async #try(batch: readonly ExpiredRow[]): Promise<ExpiredRow[]> {
    if (batch.length === 0 || this.isTooMuch) return [...batch]
    const answer = await this.#delete(batch)
    if (typeof answer !== 'number') return this.#split(batch, answer)
    this.#removed += answer
    if (answer < batch.length) this.#uncertain.push(...batch)
    return []
  }

  #delete(batch: readonly ExpiredRow[]): Promise<number | Refusal> {
    return this.#repository.removal
      .expired(this.#until, idsOf(batch))
      .catch((error: { code?: string; message?: string }) => {
        if (!gaveUp.includes(error.code ?? '')) throw error
        return { cause: error, failure: 'timeout', reason: { problem: String(error.message), fix: '' } }
      })
  }

  /** Looks for uncertain rows: another process removed them, or a trigger or a policy keeps them without an error. */
  async #takeUncertain(limit: number): Promise<ExpiredRow[]> {
    const uncertain = this.#uncertain.splice(0)
    if (uncertain.length === 0) return []
    const there = new Set(idsOf(await this.#find(limit)))
    const left = uncertain.filter(({ id }) => there.has(id))
    return left.length > 0 ? this.#blame(left) : []
  }

  async #split(batch: readonly ExpiredRow[], refusal: Refusal): Promise<ExpiredRow[]> {
    if (refusal.failure === 'timeout') this.#refusedCount += costOfWaiting
    if (batch.length === 1) return this.#blame(batch, refusal)
    const half = Math.ceil(batch.length / 2)
    const left = await this.#try(batch.slice(0, half))
    return [...left, ...(await this.#try(batch.slice(half)))]
  }

  async #blame(rows: readonly ExpiredRow[], refusal?: Refusal): Promise<ExpiredRow[]> {
    // Throws if the database has failed and no row is to blame.
    if (rows.some(({ id }) => !this.#refused.has(id))) await this.#find(1)
    for (const { id } of rows) this.#refused.add(id, refusal)
    this.#refusedCount += rows.length
    return [...rows]
  }
}

function idsOf(rows: readonly ExpiredRow[]): string[] {
  return rows.map(({ id }) => id)
}
