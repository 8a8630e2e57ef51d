import { Batch, share } from './batch.js'
import type { StoredRow } from './record.js'
import { isPlain } from './serializer.js'

/** So many ids are not shared out among statements: one asks for them. */
const fewestIds = 32
/** How many ids one statement asks for at the most. */
const mostIds = 128

class Request {
  readonly id: string
  readonly resolve: (row: StoredRow | undefined) => void
  readonly reject: (error: unknown) => void

  constructor(id: string, resolve: Request['resolve'], reject: Request['reject']) {
    this.id = id
    this.resolve = resolve
    this.reject = reject
  }
}

type Find = (ids: readonly string[]) => Promise<readonly StoredRow[]>

/** Finds rows for many requests with few statements. */
export class FindBatch {
  readonly #find: Find
  readonly #batch = new Batch<Request>(share(fewestIds, mostIds), (requests) => this.#run(requests))

  constructor(find: Find) {
    this.#find = find
  }

  /** The row with this id. */
  find(id: string): Promise<StoredRow | undefined> {
    return new Promise((resolve, reject) => this.#batch.add(new Request(id, resolve, reject)))
  }

  async #run(requests: readonly Request[]): Promise<void> {
    const [only] = requests
    if (only && requests.length === 1) return this.#runAlone(only)
    try {
      const ids = new Set<string>()
      for (const { id } of requests) ids.add(id)
      this.#answer(requests, await this.#find([...ids]))
    } catch {
      // It may be the fault of one.
      await Promise.all(requests.map((request) => this.#runAlone(request)))
    }
  }

  async #runAlone({ id, resolve, reject }: Request): Promise<void> {
    try {
      const rows = await this.#find([id])
      resolve(rows.find((row) => row.id === id))
    } catch (error) {
      reject(error)
    }
  }

  /** Two requests share a row only if neither could change what the other has. Else the second asks again. */
  #answer(requests: readonly Request[], rows: readonly StoredRow[]): void {
    const byId = new Map<string, StoredRow>()
    for (const row of rows) byId.set(row.id, row)
    const given = new Set<StoredRow>()
    for (const request of requests) {
      const row = byId.get(request.id)
      if (row && given.has(row) && !isPlainData(row.columns)) this.#batch.add(request)
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
