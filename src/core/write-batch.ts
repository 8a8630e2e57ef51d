import type { RowsWritten } from './backend.js'
import { Batch } from './batch.js'

/** How many rows one statement writes at the most. */
const mostRows = 64

interface Request<Write> {
  readonly write: Write
  readonly resolve: (written: boolean) => void
  readonly reject: (error: unknown) => void
}

type WriteRows<Write> = (writes: readonly Write[]) => Promise<RowsWritten>

/** Writes rows for many requests with few statements, where the database can tell for each row whether it was written. */
export class WriteBatch<Write extends { readonly id: string }> {
  readonly #writeRows: WriteRows<Write>
  readonly #isBatched: () => boolean
  readonly #batch = new Batch<Request<Write>>(differentRows, (requests) => this.#run(requests))

  /** `isBatched` tells whether `writeRows` makes one statement of several rows. If not, each row is written at once. */
  constructor(writeRows: WriteRows<Write>, isBatched: () => boolean) {
    this.#writeRows = writeRows
    this.#isBatched = isBatched
  }

  /** Tells whether the row was written. */
  write(write: Write): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const request = { write, resolve, reject }
      if (this.#isBatched()) this.#batch.add(request)
      else void this.#run([request])
    })
  }

  async #run(requests: readonly Request<Write>[]): Promise<void> {
    try {
      const written = await this.#writeRows(requests.map(({ write }) => write))
      for (const [index, request] of requests.entries()) {
        const answer = written[index]
        if (answer === null && requests.length > 1) void this.#run([request])
        else request.resolve(answer === true)
      }
    } catch (error) {
      for (const { reject } of requests) reject(error)
    }
  }
}

/** One statement can write a row once only. */
function differentRows<Item extends Request<{ readonly id: string }>>(waiting: Item[]): { next: Item[]; rest: Item[] } {
  const next = new Map<string, Item>()
  const rest: Item[] = []
  for (const item of waiting) {
    const { id } = item.write
    if (next.size < mostRows && !next.has(id)) next.set(id, item)
    else rest.push(item)
  }
  return { next: [...next.values()], rest }
}
