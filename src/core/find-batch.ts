import type { SessionRow } from './backend.js'
import { isPlain } from './serializer.js'

/** How many statements may be under way at a time. While fewer are, a request is asked at once. */
const mostUnderWay = 2
/** After so long a statement counts no more, in milliseconds: what hangs must not hold up the rest. */
const longestStatement = 1000
/** How many ids one statement asks for at the most. */
const mostIds = 128

interface Request {
  readonly ids: readonly string[]
  readonly resolve: (rows: SessionRow[]) => void
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

  /** The rows with these ids. */
  find(ids: readonly string[]): Promise<SessionRow[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ids, resolve, reject })
      this.#goOn()
    })
  }

  #goOn(): void {
    if (this.#underWay >= mostUnderWay || this.#waiting.length === 0) return
    void this.#run(this.#take())
  }

  /** The requests that have waited longest; at least one. */
  #take(): Request[] {
    let count = 0
    let ids = 0
    for (const request of this.#waiting) {
      ids += request.ids.length
      if (count > 0 && ids > mostIds) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #run(requests: readonly Request[]): Promise<void> {
    const end = this.#begin()
    try {
      const rows = await this.#find([...new Set(requests.flatMap((request) => request.ids))])
      this.#answer(requests, new Map(rows.map((row) => [row.id, row])))
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
    const ask = async ({ ids, resolve, reject }: Request): Promise<void> => {
      await this.#find(ids).then((rows) => resolve([...rows]), reject)
    }
    await Promise.all(requests.map(ask))
  }

  /** Two requests share a row only if neither could change what the other has. Else the second asks again. */
  #answer(requests: readonly Request[], rows: ReadonlyMap<string, SessionRow>): void {
    const given = new Set<SessionRow>()
    for (const request of requests) {
      const found = request.ids.flatMap((id) => rows.get(id) ?? [])
      if (found.some((row) => given.has(row) && !isPlainData(row.columns))) this.#waiting.push(request)
      else {
        for (const row of found) given.add(row)
        request.resolve(found)
      }
    }
  }
}

/** Whether a session copies the value, however deep it is: an instance of a class it does not. */
function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date) return true
  return (Array.isArray(value) || isPlain(value)) && Object.values(value).every(isPlainData)
}
