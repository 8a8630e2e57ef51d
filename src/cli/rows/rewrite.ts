import type { StoredRow } from '../../core/codec/session-meta.js'
import { isOver, isSession } from '../../core/repository/expiry.js'
import { isMarkerId } from '../../core/repository/former-ids.js'
import type { SessionRepository } from '../../core/repository/session-repository.js'
import { share } from '../../core/session/shared.js'
import { inOneLine, usageError } from '../cli-error.js'
import type { Call } from '../command.js'
import type { Opened } from '../load/open-config.js'
import { batchSize } from '../numbers.js'
import { Progress } from '../output/progress.js'
import { countRows } from '../row-counts.js'
import { pagesOf } from './pages.js'

/** How often a row is read and written again that a request has changed meanwhile. */
const attempts = 5
/** How many rows are written at a time. */
const lanes = 8

/** What became of all rows. */
export interface Rewritten {
  /** The rows that were rewritten. */
  readonly rewritten: number
  /** The living sessions that are as they should be already. */
  readonly skipped: number
  /** The rows that could not be rewritten. They are as they were. */
  readonly failed: number
  /** The reason of the first failure. */
  readonly reason: string | null
  readonly stopped: boolean
}

/** Which rows are rewritten, and how. */
export interface Rewriting {
  /** The past participle for the progress. */
  readonly what: string
  isDue(row: StoredRow, repository: SessionRepository): boolean
  /** The id that the row gets; `undefined` if it keeps its own. */
  idFor(row: StoredRow): string | undefined
}

/** Rewrites all living sessions that are due, while requests go on. What has expired is left to the clean-up. */
export async function rewriteAll(opened: Opened, call: Call, rewriting: Rewriting): Promise<Rewritten> {
  if (!opened.manager.options.backend.capabilities.versions) {
    throw usageError(
      'The table has no column version, so a change of a request could be lost. Add the column, or stop the app and copy the rows.',
    )
  }
  const work = new Rewrite(opened, rewriting)
  const progress = new Progress(rewriting.what, await countRows(opened.access), call.output.streams.err)
  for await (const page of pagesOf(opened, batchSize(call.options.batch), call.signal)) {
    await work.page(page)
    progress.show(work.seen)
  }
  progress.end()
  return { ...work.outcome, stopped: call.signal.aborted }
}

class Rewrite {
  readonly #rewriting: Rewriting
  readonly #repository: SessionRepository
  #rewritten = 0
  #skipped = 0
  #failed = 0
  #reason: string | null = null
  seen = 0

  constructor({ manager }: Opened, rewriting: Rewriting) {
    this.#rewriting = rewriting
    // Rewriting a row is no use of the session: its expiry and its last use stay.
    const options = Object.create(manager.options, { rolling: { value: false }, lastSeen: { value: null } })
    this.#repository = share(options).repository
  }

  get outcome(): Omit<Rewritten, 'stopped'> {
    return { rewritten: this.#rewritten, skipped: this.#skipped, failed: this.#failed, reason: this.#reason }
  }

  async page(rows: readonly StoredRow[]): Promise<void> {
    const waiting = rows.filter((row) => this.#isLiving(row))
    const lane = async (): Promise<void> => {
      for (let row = waiting.pop(); row; row = waiting.pop()) await this.#try(row)
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    this.seen += rows.length
  }

  #isLiving(row: StoredRow): boolean {
    return isSession(row) && !isMarkerId(row.id) && !isOver(this.#repository.options, row)
  }

  async #try(row: StoredRow): Promise<void> {
    try {
      if (await this.#rewrite(row)) this.#rewritten++
      else this.#skipped++
    } catch (error) {
      this.#failed++
      this.#reason ??= inOneLine(error)
    }
  }

  /** Resolves to whether the row was rewritten; `false` if it need not be, or has ended meanwhile. */
  async #rewrite(first: StoredRow): Promise<boolean> {
    const { time } = this.#repository
    let row: StoredRow | undefined = first
    for (let n = 0; row && n < attempts; n++) {
      if (!this.#isLiving(row) || !this.#rewriting.isDue(row, this.#repository)) return false
      const change = { id: this.#rewriting.idFor(row), data: undefined, columns: {}, meta: row.meta, renew: false }
      if (await this.#repository.write(row, change, time.begin())) return true
      row = await this.#repository.findOne(first.id, time.begin())
    }
    if (row) throw new Error('Requests changed the session again and again. Run the command once more.')
    return false
  }
}
