import { isTransient, ownCopy } from '../backend/backend-error.js'
import { isPlain } from '../codec/serializer.js'
import type { StoredRow } from '../codec/session-meta.js'
import { Batcher, type BatchItem, fairShare } from '../concurrency/batcher.js'
import type { Deadline } from '../concurrency/deadline.js'

/** The most waiting ids that one statement takes without leaving a share for others. */
const fewestIds = 32
/** The most ids in one statement. */
const mostIds = 128

/** The most hanging statements that do not hold up other loads. With the usual two, loads take at most four connections. */
const mostHanging = 2

class FindItem implements BatchItem {
  readonly id: string
  readonly deadline: Deadline
  readonly resolve: (row: StoredRow | undefined) => void
  readonly reject: (error: unknown) => void
  isAlone = false
  isOver = false

  constructor(id: string, deadline: Deadline, resolve: FindItem['resolve'], reject: FindItem['reject']) {
    this.id = id
    this.deadline = deadline
    this.resolve = resolve
    this.reject = reject
  }

  expire(): void {
    this.reject(
      this.deadline.limit.error('the statements that load sessions, for other requests or together with them'),
    )
  }
}

type Find = (ids: readonly string[], deadline: Deadline) => Promise<readonly StoredRow[]>

/** Finds rows for many requests with few statements. */
export class FindBatcher {
  readonly #find: Find
  readonly #batch = new Batcher<FindItem>(fairShare(fewestIds, mostIds), (requests) => this.#run(requests), mostHanging)

  constructor(find: Find) {
    this.#find = find
  }

  /** Finds the row with this id. */
  find(id: string, deadline: Deadline): Promise<StoredRow | undefined> {
    return new Promise((resolve, reject) => this.#batch.add(new FindItem(id, deadline, resolve, reject)))
  }

  async #run(all: readonly FindItem[]): Promise<void> {
    const requests = all.some(isOver) ? all.filter((request) => !request.isOver) : all
    const [only] = requests
    if (!only) return
    if (requests.length === 1) return this.#runAlone(only)
    try {
      const ids = new Set<string>()
      for (const { id } of requests) ids.add(id)
      this.#answer(requests, await this.#find([...ids], only.deadline.limit.begin()))
    } catch (error) {
      if (isTransient(error)) for (const request of requests) refuse(request, error)
      // One of the requests may be at fault. They run one after the other, so that they do not take all connections.
      else for (const request of requests) await this.#runAlone(request)
    }
  }

  async #runAlone(request: FindItem): Promise<void> {
    const { id, deadline } = request
    request.isAlone = true
    if (request.isOver) return
    try {
      const rows = await this.#find([id], deadline)
      request.resolve(rows.find((row) => row.id === id))
    } catch (error) {
      request.reject(error)
    }
  }

  /** Answers requests. Two of them share a row only if neither can change the other's values; else the second asks again. */
  #answer(requests: readonly FindItem[], rows: readonly StoredRow[]): void {
    const byId = new Map<string, StoredRow>()
    for (const row of rows) byId.set(row.id, row)
    const given = new Set<StoredRow>()
    for (const request of requests) {
      const row = byId.get(request.id)
      if (row && given.has(row) && !isPlainData(row.columns)) this.#batch.add(request)
      else {
        if (row) given.add(row)
        request.isAlone = true
        request.resolve(row)
      }
    }
  }
}

/** Whether a session copies the value completely: it does not copy instances of classes. */
function isPlainData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date) return true
  return (Array.isArray(value) || isPlain(value)) && Object.values(value).every(isPlainData)
}

function refuse(request: FindItem, error: unknown): void {
  request.isAlone = true
  request.reject(ownCopy(error))
}

function isOver(request: { readonly isOver: boolean }): boolean {
  return request.isOver
}
