import type { Refusal } from '../backend/refusal.js'
import { SessionError } from '../errors.js'
import type { Events } from '../events.js'

/** The most rows that one manager reports. */
const mostTold = 100
/** The most rows that are remembered. */
const mostKnown = 10_000

/** The expired rows that the database refuses to remove. Each one is reported once. */
export class RefusedRows {
  readonly #events: Events
  readonly #known = new Set<string>()

  constructor(events: Events) {
    this.#events = events
  }

  has(rowId: string): boolean {
    return this.#known.has(rowId)
  }

  /** Adds a row and reports it. Without `refusal` the database did not remove the row and gave no reason. */
  add(rowId: string, refusal?: Pick<Refusal, 'cause' | 'reason'>): void {
    if (this.#known.has(rowId) || this.#known.size >= mostKnown) return
    this.#known.add(rowId)
    if (this.#known.size <= mostTold) this.#events.report(rowId, refused(this.#known.size === mostTold, refusal))
  }

  forget(rowId: string): void {
    this.#known.delete(rowId)
  }
}

function refused(isLast: boolean, refusal: Pick<Refusal, 'cause' | 'reason'> | undefined): SessionError {
  const why = refusal
    ? (refusal.reason?.problem ?? 'See the cause.')
    : 'It gives no error, as with a trigger or a policy.'
  return new SessionError(
    'BACKEND_FAILED',
    `The database does not remove the row of an expired session. ${why} Nobody can use the session any more. The clean-up ` +
      'removes the others, and tries this one again. Remove what refers to the row, or what forbids its removal.' +
      (isLast ? ` There are ${mostTold} such rows by now. No others are told of.` : ''),
    refusal ? { cause: refusal.cause } : {},
  )
}
