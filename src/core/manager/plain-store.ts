import { isUnavailable } from '../backend/backend-error.js'
import { checkId } from '../codec/id.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { InOrder } from '../concurrency/in-order.js'
import { retry } from '../concurrency/retry.js'
import { isGoneError, SessionError } from '../errors.js'
import { isLimit } from '../options/option-checks.js'
import { copyProperties } from '../properties/copy-properties.js'
import { Session } from '../session/session.js'
import type { Shared } from '../session/shared.js'
import { check } from '../validation.js'
import { Cursors } from './cursors.js'
import { ListedRow } from './listed-row.js'
import type { ListedSession, ListOptions } from './manager-types.js'
import { locate } from './row-lookup.js'
import type { SessionStore, StoredSession, StoreOptions } from './session-store.js'
import { LoadedSession, maxAgeIn, type StoreContext } from './stored-session.js'

/** The most times in a row that another process may create the session and end it again before `set` sees it. */
const mostMisses = 25

type Values = Readonly<Record<string, unknown>>

/**
 * Reads and writes sessions by their ids, without a request: for bridges and scripts. Calls for one id run in their order
 * within this process; between processes, the database decides.
 */
export class PlainStore implements SessionStore {
  readonly #shared: Shared
  readonly #inOrder = new InOrder()
  readonly #context: StoreContext

  /** @param assertOpen Throws `MANAGER_CLOSED` once the manager is closed. */
  constructor(shared: Shared, assertOpen: () => void) {
    this.#shared = shared
    this.#context = { shared, inOrder: this.#inOrder, assertOpen }
  }

  async load(id: string): Promise<StoredSession | undefined> {
    const { rowId } = this.#begin(id)
    return this.#inOrder.read(rowId, async () => {
      const session = new Session(this.#shared, id)
      await session.load()
      return session.isNew ? undefined : new LoadedSession(this.#context, session)
    })
  }

  async insert(id: string, properties: Values, options: StoreOptions = {}): Promise<StoredSession> {
    const maxAge = maxAgeIn(options)
    const { rowId, deadline } = this.#begin(id)
    const copy = copyProperties(this.#shared.repository.schema, properties)
    return this.#inOrder.change(rowId, deadline, async () => {
      let created: Session | undefined
      await this.#untilFree(await locate(this.#shared, id, rowId, deadline), deadline, async (row) => {
        if (row) throw idTaken()
        created = await this.#create(id, copy, maxAge)
        return true
      })
      return new LoadedSession(this.#context, created as Session, copy)
    })
  }

  async get(id: string): Promise<Record<string, unknown> | undefined> {
    const { rowId, deadline } = this.#begin(id)
    return this.#inOrder.read(rowId, async () => {
      const located = await locate(this.#shared, id, rowId, deadline)
      const found = await this.#get(id, located, deadline)
      // `rehash` may have moved the row between the two.
      return found || located === rowId ? found : this.#get(id, rowId, deadline)
    })
  }

  async set(id: string, properties: Values): Promise<void> {
    const { rowId, deadline } = this.#begin(id)
    const copy = copyProperties(this.#shared.repository.schema, properties)
    return this.#inOrder.change(rowId, deadline, async () =>
      this.#untilFree(await locate(this.#shared, id, rowId, deadline), deadline, async (row) => {
        if (row) return this.#replace(id, row, copy)
        await this.#create(id, copy)
        return true
      }),
    )
  }

  /** Resolves to whether a session was ended. */
  async delete(id: string): Promise<boolean> {
    const { rowId, deadline } = this.#begin(id)
    const count = await this.#inOrder.change(rowId, deadline, async () =>
      this.#shared.ending.end(await locate(this.#shared, id, rowId, deadline), 'logout', deadline),
    )
    return count > 0
  }

  async list({ limit = 1000 }: Pick<ListOptions, 'limit'> = {}): Promise<ListedSession[]> {
    this.#context.assertOpen()
    check('limit', limit, isLimit, 'a whole number from 1 to 100000')
    const { repository, time, options } = this.#shared
    const rows = await repository.list({}, limit, time.begin())
    const cursors = new Cursors(options, {})
    return rows.map((row) => new ListedRow(row, repository.schema, cursors))
  }

  #begin(id: string): { readonly rowId: string; readonly deadline: Deadline } {
    this.#context.assertOpen()
    const { repository, time, options } = this.#shared
    checkId(id, options.hashIds)
    return { rowId: repository.rowId(id), deadline: time.begin() }
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
    return session.isNew ? undefined : { ...session.properties.toObject() }
  }

  /**
   * Runs `work` with the living row of the session, if there is one, until it tells `true`. The row may stand under another id
   * by now. If somebody else stores the session at the same moment, it runs again.
   */
  async #untilFree(
    rowId: string,
    deadline: Deadline,
    work: (row: StoredRow | undefined) => Promise<boolean>,
  ): Promise<void> {
    const { repository, rotatedIds } = this.#shared
    let misses = 0
    await retry(async () => {
      const row = await rotatedIds.follow(rowId, deadline)
      if (typeof row === 'object') return work(row)
      if (row === 'expired') await repository.delete(rowId, deadline)
      try {
        return await work(undefined)
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

  async #create(id: string, properties: Values, maxAge?: number | null): Promise<Session> {
    const session = Session.of(this.#shared, id)
    session.properties.replace(properties)
    if (maxAge) session.state.changeMeta({ maxAge })
    session.state.want()
    await session.commit()
    return session
  }
}

function idTaken(): SessionError {
  return new SessionError(
    'ID_TAKEN',
    'A session with this id is stored already, so no new one was. Load it and write to the session that is returned, or store the ' +
      'new session under an id of its own.',
  )
}
