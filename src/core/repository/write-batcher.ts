import { ownCopy } from '../backend/backend-error.js'
import type { RowsWritten, RowTouch, RowUpdate } from '../backend/session-backend.js'
import { Batcher, type BatchItem } from '../concurrency/batcher.js'
import type { Deadline } from '../concurrency/deadline.js'

/** The most rows in one statement. */
const mostRows = 64
/** The most statements that may hang, for a locked row each, without holding up other writes. */
const mostHanging = 4

class Request<Write> implements BatchItem {
  readonly write: Write
  readonly deadline: Deadline
  /** Writes of one kind can be one statement. */
  readonly kind: string
  readonly resolve: (written: boolean) => void
  readonly reject: (error: unknown) => void
  isAlone = false
  isOver = false

  constructor(
    write: Write,
    deadline: Deadline,
    kind: string,
    resolve: Request<Write>['resolve'],
    reject: Request<Write>['reject'],
  ) {
    this.write = write
    this.deadline = deadline
    this.kind = kind
    this.resolve = resolve
    this.reject = reject
  }

  expire(): void {
    this.reject(
      this.deadline.limit.error('the statements that write sessions, for other requests or together with them'),
    )
  }
}

type WriteRows<Write> = (writes: readonly Write[], deadline: Deadline) => Promise<RowsWritten>

/** Writes rows for many requests with few statements, if the database can tell for each row whether it was written. */
export class WriteBatcher<Write extends { readonly id: string }> {
  readonly #writeRows: WriteRows<Write>
  readonly #isBatched: () => boolean
  readonly #kindOf: (write: Write) => string | undefined
  readonly #batch = new Batcher<Request<Write>>(sameKind, (requests) => this.#run(requests), mostHanging)

  /**
   * Writes with an equal `kindOf` can be one statement; one whose kind is `undefined` is written alone. `isBatched` tells
   * whether `writeRows` makes one statement of several rows; if not, each row is written at once.
   */
  constructor(writeRows: WriteRows<Write>, kindOf: (write: Write) => string | undefined, isBatched: () => boolean) {
    this.#writeRows = writeRows
    this.#kindOf = kindOf
    this.#isBatched = isBatched
  }

  /** Writes a row. Resolves to whether it was written. */
  write(write: Write, deadline: Deadline): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const kind = this.#isBatched() ? this.#kindOf(write) : undefined
      const request = new Request(write, deadline, kind ?? '', resolve, reject)
      if (kind === undefined) void this.#run([request])
      else this.#batch.add(request)
    })
  }

  async #run(all: readonly Request<Write>[]): Promise<void> {
    const requests = all.some(isOver) ? all.filter((request) => !request.isOver) : all
    const [only] = requests
    if (!only) return
    if (requests.length === 1) return this.#runAlone(only)
    try {
      const writes = requests.map(({ write }) => write)
      const written = await this.#writeRows(writes, only.deadline.limit.begin())
      for (const [index, request] of requests.entries()) this.#answer(request, written[index])
    } catch (error) {
      for (const request of requests) this.#end(request).reject(ownCopy(error))
    }
  }

  #answer(request: Request<Write>, written: boolean | null | undefined): void {
    if (written === null) void this.#runAlone(request)
    else this.#end(request).resolve(written === true)
  }

  async #runAlone(request: Request<Write>): Promise<void> {
    request.isAlone = true
    if (request.isOver) return
    try {
      const [written] = await this.#writeRows([request.write], request.deadline)
      request.resolve(written === true)
    } catch (error) {
      request.reject(error)
    }
  }

  /** Takes a request out of its batch. */
  #end(request: Request<Write>): Request<Write> {
    request.isAlone = true
    return request
  }
}

/** Takes the writes that have the kind of the first one. A statement can write each row only once. */
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

/** The kind of an update: the parts that it writes. `undefined` for one that changes the id: it is written alone. */
export function kindOf({ values }: RowUpdate): string | undefined {
  if (values.id !== undefined) return undefined
  const isMoved = values.expires !== undefined
  return `${isMoved} ${values.data === undefined} ${values.lastSeenAt === undefined} ${Object.keys(values.columns ?? {}).join()}`
}

/** The kind of a touch: whether it moves the expiry. */
export function kindOfTouch({ expires }: RowTouch): string {
  return expires === undefined ? 'seen' : ''
}

function isOver(request: { readonly isOver: boolean }): boolean {
  return request.isOver
}
