import type { SessionRow } from './backend.js'
import { isPlain } from './serializer.js'

/** How many statements may be under way at a time. While fewer are, a request is asked at once. */
const mostUnderWay = 2
/** After so long a statement counts no more, in milliseconds: what hangs must not hold up the rest. */
const longestStatement = 1000
/** How many ids one statement asks for at the most. */
const mostIds = 128

interface Request {
  readonly id: string
  readonly resolve: (row: SessionRow | undefined) => void
  readonly reject: (error: unknown) => void
}

type Find = (ids: readonly string[]) => Promise<readonly SessionRow[]>

/**
 * Finds rows for many requests with few statements: a request goes out at once, and those that arrive while statements
 * are under way go together in the next one. Nobody waits for a timer.
 */
export class FindBatch {
  readonly #find: Find
  #waiting: Request[] = []
  #underWay = 0

  constructor(find: Find) {
    this.#find = find
  }

  /** The row with this id. */
  find(id: string): Promise<SessionRow | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ id, resolve, reject })
      this.#goOn()
    })
  }

  #goOn(): void {
    if (this.#underWay >= mostUnderWay || this.#waiting.length === 0) return
    void this.#run(this.#take())
  }

  /** The requests that have waited longest. */
  #take(): readonly Request[] {
    const all = this.#waiting
    if (all.length > mostIds) return all.splice(0, mostIds)
    this.#waiting = []
    return all
  }

  async #run(requests: readonly Request[]): Promise<void> {
    const end = this.#begin()
    try {
      const ids = new Set<string>()
      for (const { id } of requests) ids.add(id)
      this.#answer(requests, await this.#find([...ids]))
    } catch (error) {
      await this.#answerAlone(requests, error)
    } finally {
      end()
    }
  }

  /** Counts a statement as under way until it ends; one that takes too long makes room for others before. */
  #begin(): () => void {
    let isCounted = true
    this.#underWay++
    const end = (): void => {
      clearTimeout(timer)
      if (!isCounted) return
      isCounted = false
      this.#underWay--
      this.#goOn()
    }
    const timer = setTimeout(end, longestStatement).unref()
    return end
  }

  /** Where a statement for several has failed, it may be the fault of one: each asks again alone. */
  async #answerAlone(requests: readonly Request[], error: unknown): Promise<void> {
    const [only, ...others] = requests
    if (only && others.length === 0) return only.reject(error)
    const ask = async ({ id, resolve, reject }: Request): Promise<void> => {
      await this.#find([id]).then((rows) => resolve(rows.find((row) => row.id === id)), reject)
    }
    await Promise.all(requests.map(ask))
  }

  /** Two requests share a row only if neither could change what the other has. Else the second asks again. */
  #answer(requests: readonly Request[], rows: readonly SessionRow[]): void {
    const byId = new Map<string, SessionRow>()
    for (const row of rows) byId.set(row.id, row)
    const given = new Set<SessionRow>()
    for (const request of requests) {
      const row = byId.get(request.id)
      if (row && given.has(row) && !isPlainData(row.columns)) this.#waiting.push(request)
      else {
        if (row) given.add(row)
        request.resolve(row)
      }
    }
  }
}

/** Whether a session copies the value, however deep it is: an instance of a class it does not. */
function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date) return true
  return (Array.isArray(value) || isPlain(value)) && Object.values(value).every(isPlainData)
}
