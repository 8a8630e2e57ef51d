import type { RowsWritten, RowUpdate } from './backend.js'
import { Batch } from './batch.js'
import { SessionError } from './errors.js'

/** How many rows one statement writes at the most. */
const mostRows = 64

class Request<Write> {
  readonly write: Write
  /** Those of one kind can be one statement. */
  readonly kind: string
  readonly resolve: (written: boolean) => void
  readonly reject: (error: unknown) => void

  constructor(write: Write, kind: string, resolve: Request<Write>['resolve'], reject: Request<Write>['reject']) {
    this.write = write
    this.kind = kind
    this.resolve = resolve
    this.reject = reject
  }
}

type WriteRows<Write> = (writes: readonly Write[]) => Promise<RowsWritten>

/** Writes rows for many requests with few statements, where the database can tell for each row whether it was written. */
export class WriteBatch<Write extends { readonly id: string }> {
  readonly #writeRows: WriteRows<Write>
  readonly #isBatched: () => boolean
  readonly #kindOf: (write: Write) => string | undefined
  readonly #batch = new Batch<Request<Write>>(sameKind, (requests) => this.#run(requests))

  /**
   * `kindOf` tells which writes can be one statement; nothing, for one that must be written alone. `isBatched` tells whether
   * `writeRows` makes one statement of several rows. If not, each row is written at once.
   */
  constructor(writeRows: WriteRows<Write>, kindOf: (write: Write) => string | undefined, isBatched: () => boolean) {
    this.#writeRows = writeRows
    this.#kindOf = kindOf
    this.#isBatched = isBatched
  }

  /** Tells whether the row was written. */
  write(write: Write): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const kind = this.#isBatched() ? this.#kindOf(write) : undefined
      const request = new Request(write, kind ?? '', resolve, reject)
      if (kind === undefined) void this.#run([request])
      else this.#batch.add(request)
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
      for (const { reject } of requests) reject(ownCopy(error))
    }
  }
}

/** Each request gets an error of its own: a web framework may write to it. */
function ownCopy(error: unknown): unknown {
  if (!(error instanceof SessionError)) return error
  return new SessionError(error.code, error.message, { cause: error.cause })
}

/** Those of the kind of the first one. One statement can write a row once only. */
function sameKind<Item extends Request<{ readonly id: string }>>(waiting: Item[]): { next: Item[]; rest: Item[] } {
  const next = new Map<string, Item>()
  const rest: Item[] = []
  for (const item of waiting) {
    const { id } = item.write
    if (next.size < mostRows && item.kind === waiting[0]?.kind && !next.has(id)) next.set(id, item)
    else rest.push(item)
  }
  return { next: [...next.values()], rest }
}

/** What an update writes. One that changes the id, or not the expiry, is for a statement of its own. */
export function kindOf({ values }: RowUpdate): string | undefined {
  if (values.id !== undefined || values.expires === undefined) return undefined
  return `${values.data === undefined} ${Object.keys(values.columns ?? {}).join()}`
}
