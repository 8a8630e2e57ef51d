import { SessionError } from './errors.js'
import type { StoredRow } from './record.js'
import { retry } from './retry.js'
import { Session } from './session.js'
import type { Shared } from './shared.js'

/** Sessions by any id, without a request: what bridges and scripts use. */
export class PlainStore {
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  async get(id: string): Promise<Record<string, unknown> | undefined> {
    const row = await this.#shared.rows.findAlive(this.#rowId(id))
    if (!row) return undefined
    const session = Session.of(this.#shared, id, row)
    try {
      await session.commit()
    } catch (error) {
      if (isGone(error)) return undefined
      throw error
    }
    return session.isNew ? undefined : session.properties.toObject()
  }

  async set(id: string, properties: Readonly<Record<string, unknown>>): Promise<void> {
    const { rows } = this.#shared
    const rowId = this.#rowId(id)
    await retry(async () => {
      const row = await rows.findOne(rowId)
      if (row && rows.isAlive(row)) return this.#replace(id, row, properties)
      if (row) await rows.delete(rowId)
      return this.#create(id, properties)
    })
  }

  /** Tells how many there were: one or none. */
  delete(id: string): Promise<number> {
    return this.#shared.traces.end(this.#rowId(id))
  }

  /** Tells `false` if the session was ended meanwhile. */
  async #replace(id: string, row: StoredRow, properties: Readonly<Record<string, unknown>>): Promise<boolean> {
    const session = Session.of(this.#shared, id, row)
    try {
      await session.update(() => {
        session.touch()
        session.properties.replace(properties)
      })
      return true
    } catch (error) {
      if (isGone(error)) return false
      throw error
    }
  }

  /** Tells `false` if another process has created the session meanwhile. */
  async #create(id: string, properties: Readonly<Record<string, unknown>>): Promise<boolean> {
    const session = Session.of(this.#shared, id)
    session.properties.replace(properties)
    session.state.wanted = true
    try {
      await session.commit()
      return true
    } catch (error) {
      const mayBeTaken = error instanceof SessionError && error.code === 'BACKEND_FAILED'
      if (mayBeTaken && (await this.#shared.rows.findOne(this.#rowId(id)))) return false
      throw error
    }
  }

  #rowId(id: unknown): string {
    const { rows } = this.#shared
    if (typeof id === 'string' && id !== '' && (rows.options.hashIds || !id.startsWith('~'))) return rows.rowId(id)
    throw new SessionError(
      'ID_INVALID',
      "A session id is a string that is not empty, and with hashIds: false it does not begin with '~', as rows do that " +
        'are no sessions. Pass the id that the session was stored under.',
    )
  }
}

function isGone(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'SESSION_GONE'
}
