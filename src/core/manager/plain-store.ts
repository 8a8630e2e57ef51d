import { isUnavailable } from '../backend/backend-error.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { InOrder } from '../concurrency/in-order.js'
import { retry } from '../concurrency/retry.js'
import { isGoneError, SessionError } from '../errors.js'
import { copyProperties } from '../properties/copy-properties.js'
import { Session } from '../session/session.js'
import type { Shared } from '../session/shared.js'

/** The most times in a row that another process may create the session and end it again before `set` sees it. */
const mostMisses = 25

type Values = Readonly<Record<string, unknown>>

/**
 * Reads and writes sessions by their ids, without a request: for bridges and scripts. Calls for one id run in their order
 * within this process; between processes, the database decides.
 */
export class PlainStore {
  readonly #shared: Shared
  readonly #inOrder = new InOrder()

  constructor(shared: Shared) {
    this.#shared = shared
  }

  async get(id: string): Promise<Record<string, unknown> | undefined> {
    const { rowId, deadline } = this.#begin(id)
    return this.#inOrder.read(rowId, () => this.#get(id, rowId, deadline))
  }

  async set(id: string, properties: Values): Promise<void> {
    const { rowId, deadline } = this.#begin(id)
    const copy = copyProperties(this.#shared.repository.schema, properties)
    return this.#inOrder.change(rowId, deadline, () => this.#set(id, rowId, copy, deadline))
  }

  /** Resolves to the number of ended sessions: one or none. */
  async delete(id: string): Promise<number> {
    const { rowId, deadline } = this.#begin(id)
    return this.#inOrder.change(rowId, deadline, () => this.#shared.ending.end(rowId, deadline))
  }

  #begin(id: string): { readonly rowId: string; readonly deadline: Deadline } {
    return { rowId: this.#rowId(id), deadline: this.#shared.time.begin() }
  }

  async #get(id: string, rowId: string, deadline: Deadline): Promise<Record<string, unknown> | undefined> {
    const row = await this.#shared.repository.findAlive(rowId, deadline)
    if (!row) return undefined
    const session = Session.of(this.#shared, id, row)
    try {
      await session.commit()
    } catch (error) {
      if (isGoneError(error)) return undefined
      throw error
    }
    return session.isNew ? undefined : session.properties.toObject()
  }

  async #set(id: string, rowId: string, properties: Values, deadline: Deadline): Promise<void> {
    const { repository } = this.#shared
    let misses = 0
    await retry(async () => {
      const row = await repository.findOne(rowId, deadline)
      if (row && repository.isAlive(row)) return this.#replace(id, row, properties)
      if (row) await repository.delete(rowId, deadline)
      try {
        await this.#create(id, properties)
        return true
      } catch (error) {
        const mayBeTaken = error instanceof SessionError && error.code === 'BACKEND_FAILED' && !isUnavailable(error)
        if (!mayBeTaken || (++misses > mostMisses && !(await repository.findOne(rowId, deadline))))
          throw repository.told(error)
        return false
      }
    }, deadline)
  }

  /** Resolves to `false` if the session was ended meanwhile. */
  async #replace(id: string, row: StoredRow, properties: Values): Promise<boolean> {
    const session = Session.of(this.#shared, id, row)
    try {
      await session.update(() => {
        session.touch()
        session.properties.replace(properties, { sparesForeign: true })
      })
      return true
    } catch (error) {
      if (isGoneError(error)) return false
      throw error
    }
  }

  async #create(id: string, properties: Values): Promise<void> {
    const session = Session.of(this.#shared, id)
    session.properties.replace(properties)
    session.state.want()
    await session.commit()
  }

  #rowId(id: unknown): string {
    const { repository } = this.#shared
    if (typeof id === 'string' && id !== '' && (repository.options.hashIds || !id.startsWith('~')))
      return repository.rowId(id)
    throw new SessionError(
      'ID_INVALID',
      "A session id is a string that is not empty, and with hashIds: false it does not begin with '~', as rows do that " +
        'are no sessions. Pass the id that the session was stored under.',
    )
  }
}
