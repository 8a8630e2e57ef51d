import type {
  BackendCapabilities,
  ExpiredRow,
  IdPage,
  LivingRows,
  PassedRows,
  RowFilter,
  RowTouch,
  RowUpdate,
  SessionBackend,
  SessionColumn,
  SessionRow,
} from './session-backend.js'

/**
 * Keeps sessions in the memory of the process, for tests: they are lost when the process ends. It is the reference that
 * other backends are compared with.
 */
export class MemorySessionBackend<Columns extends object = object> implements SessionBackend<Columns> {
  declare readonly columnTypes?: Columns
  readonly capabilities: BackendCapabilities
  readonly columns: readonly SessionColumn[]
  readonly #rows = new Map<string, SessionRow>()

  /**
   * @param initial The custom columns: their names, and their values in a new session.
   * @param options `lastSeenAt: true` keeps when each session was last used, as a model with that column does. Default: `false`.
   */
  constructor(initial: Columns = {} as Columns, { lastSeenAt = false }: { readonly lastSeenAt?: boolean } = {}) {
    const lastSeen = lastSeenAt ? { lastSeenDates: true } : {}
    this.capabilities = { versions: true, creationDates: true, ...lastSeen, idLength: null, dataBytes: null }
    this.columns = Object.entries(initial).map(([name, value]) => ({
      name,
      initial: () => structuredClone(value ?? null),
    }))
  }

  async find(ids: readonly string[]): Promise<readonly SessionRow[]> {
    return ids.flatMap((id) => this.#rows.get(id) ?? []).map(copy)
  }

  async insert(rows: readonly SessionRow[]): Promise<void> {
    const taken = rows.find((row) => this.#rows.has(row.id))
    if (taken) throw new Error('There is a session with this id already.')
    for (const row of rows) this.#rows.set(row.id, copy({ ...row, columns: { ...this.#initial(), ...row.columns } }))
  }

  async update(updates: readonly RowUpdate[]): Promise<readonly boolean[]> {
    return updates.map(({ id, version, now, values }) => {
      const row = this.#alive(id, now)
      if (!row || row.version !== version) return false
      this.#rows.delete(id)
      const next = copy({ ...row, ...values, ...seen(row, values), columns: { ...row.columns, ...values.columns } })
      this.#rows.set(next.id, next)
      return true
    })
  }

  async touch(touches: readonly RowTouch[]): Promise<readonly boolean[]> {
    return touches.map(({ id, version, now, expires, lastSeenAt }) => {
      const row = this.#alive(id, now)
      if (!row || row.version !== version) return false
      this.#rows.set(id, copy({ ...row, expires: expires ?? row.expires, ...seen(row, { lastSeenAt }) }))
      return true
    })
  }

  async delete(ids: readonly string[]): Promise<number> {
    return ids.filter((id) => this.#rows.delete(id)).length
  }

  async list(where: RowFilter, now: Date, limit: number): Promise<readonly SessionRow[]> {
    return this.#matching(where)
      .filter((row) => row.expires > now)
      .sort((a, b) => a.expires.getTime() - b.expires.getTime())
      .slice(0, limit)
      .map(copy)
  }

  async listById(where: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    const { limit, after } = page
    return this.#living(where, page)
      .filter((row) => after === null || row.id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(copy)
  }

  async count(where: RowFilter, living: LivingRows): Promise<number> {
    return this.#living(where, living).length
  }

  async deleteWhere(where: RowFilter, except: readonly string[]): Promise<number> {
    const ids = this.#matching(where).map((row) => row.id)
    return this.delete(ids.filter((id) => !except.includes(id)))
  }

  async findExpired(now: Date, limit: number, { from, except }: PassedRows): Promise<readonly ExpiredRow[]> {
    return [...this.#rows.values()]
      .filter(({ id, expires }) => expires <= now && !(from && expires < from) && !except.includes(id))
      .sort((a, b) => a.expires.getTime() - b.expires.getTime())
      .slice(0, limit)
      .map(({ id, expires }) => ({ id, expires: new Date(expires) }))
  }

  async deleteExpired(now: Date, ids: readonly string[]): Promise<number> {
    return this.delete(ids.filter((id) => (this.#rows.get(id)?.expires ?? Number.NaN) <= now))
  }

  async hasUnreadable(): Promise<boolean> {
    return [...this.#rows.values()].some(({ expires }) => Number.isNaN(expires.getTime()))
  }

  async deleteAll(): Promise<number> {
    return this.delete([...this.#rows.keys()])
  }

  #initial(): Record<string, unknown> {
    return Object.fromEntries(this.columns.map((column) => [column.name, column.initial(new Date())]))
  }

  #alive(id: string, now: Date): SessionRow | undefined {
    const row = this.#rows.get(id)
    return row && row.expires > now ? row : undefined
  }

  #living(where: RowFilter, { now, createdAfter }: LivingRows): SessionRow[] {
    const isOld = ({ createdAt }: SessionRow) =>
      createdAfter !== null && createdAt !== null && createdAt <= createdAfter
    return this.#matching(where).filter((row) => row.expires > now && !row.id.startsWith('~') && !isOld(row))
  }

  #matching(where: RowFilter): SessionRow[] {
    const equals =
      (row: SessionRow) =>
      ([name, value]: [string, unknown]) =>
        comparable(name === 'id' ? row.id : row.columns[name]) === comparable(value)
    return [...this.#rows.values()].filter((row) => Object.entries(where).every(equals(row)))
  }
}

/** The moment of the last use after a write: the later one. */
function seen(
  row: SessionRow,
  { lastSeenAt }: { readonly lastSeenAt?: Date | undefined },
): Pick<SessionRow, 'lastSeenAt'> {
  if (!lastSeenAt) return {}
  return { lastSeenAt: row.lastSeenAt && row.lastSeenAt > lastSeenAt ? row.lastSeenAt : lastSeenAt }
}

/** Copies a row, so that changes outside of the backend do not reach its rows, and the other way round. */
function copy(row: SessionRow): SessionRow {
  return structuredClone(row)
}

function comparable(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : (value ?? null)
}
