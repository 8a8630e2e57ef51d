import type { Alarm } from '../repository/forwarding-sweep.js'
import type { WatchedSession } from './watched-session.js'

/** The most sessions that one statement reads. */
export const mostAtOnce = 128
/** After a failure, the next read waits for this share of the period. */
const pauseAfterFailure = 1 / 4

/** What a round needs. */
export interface RoundTools {
  readonly now: () => number
  readonly alarm: Alarm
  /** Reads the sessions. Resolves to whether that succeeded, and never rejects. */
  readonly read: (sessions: readonly WatchedSession[]) => Promise<boolean>
}

/**
 * Reads watched sessions again and again, each once in a period. As many go together in one statement as may, and the
 * statements are spread over the period. There is one timer, and one statement at a time: a slow database is not flooded.
 */
export class Round {
  readonly #every: number
  readonly #tools: RoundTools
  /** When each was read, or could not be. Those of longest ago stand in front. */
  readonly #sessions = new Map<WatchedSession, number>()
  #cancel: (() => void) | undefined
  /** The time between two statements that the timer was set by. */
  #pace = 0
  #lastRead = 0
  #isReading = false

  /** @param every The period, in milliseconds. */
  constructor(every: number, tools: RoundTools) {
    this.#every = every
    this.#tools = tools
  }

  get isEmpty(): boolean {
    return this.#sessions.size === 0
  }

  /** Adds a session that was just read. */
  add(session: WatchedSession): void {
    if (this.isEmpty) this.#lastRead = this.#tools.now()
    this.#sessions.set(session, this.#tools.now())
    if (!this.#isReading && this.#wantedPace !== this.#pace) this.#wake(this.#untilNext())
  }

  delete(session: WatchedSession): void {
    this.#sessions.delete(session)
    if (this.isEmpty) this.stop()
  }

  stop(): void {
    this.#sessions.clear()
    this.#sleep()
  }

  get #wantedPace(): number {
    return this.#every / Math.ceil(this.#sessions.size / mostAtOnce)
  }

  /** The time until the next statement, in milliseconds. Sessions that were added or left at once must not wait longer than a period. */
  #untilNext(): number {
    const [first = 0] = this.#sessions.values()
    const due = Math.min(this.#lastRead + this.#wantedPace, first + this.#every)
    return Math.max(0, due - this.#tools.now())
  }

  #wake(wait: number): void {
    this.#sleep()
    this.#pace = this.#wantedPace
    this.#cancel = this.#tools.alarm(() => this.#readNext(), Math.min(wait, this.#every))
  }

  #sleep(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#pace = 0
  }

  async #readNext(): Promise<void> {
    this.#isReading = true
    this.#lastRead = this.#tools.now()
    const next: WatchedSession[] = []
    for (const session of this.#sessions.keys()) if (next.push(session) === mostAtOnce) break
    const isRead = await this.#tools.read(next)
    if (isRead)
      for (const session of next) if (this.#sessions.delete(session)) this.#sessions.set(session, this.#lastRead)
    this.#isReading = false
    this.#sleep()
    if (!this.isEmpty) this.#wake(isRead ? this.#untilNext() : this.#every * pauseAfterFailure)
  }
}
