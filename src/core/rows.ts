import type { RowFilter, SessionBackend, SessionColumn, SessionRow } from './backend.js'
import { SessionError } from './errors.js'
import { hashId } from './id.js'
import type { ResolvedOptions } from './options.js'
import type { PropertySchema } from './properties.js'

/** What a request writes to the row of its session. */
export interface RowChange {
  readonly id: string | undefined
  readonly data: string | undefined
  readonly columns: SessionRow['columns']
  /** Whether the expiry moves also where using the session does not move it. */
  readonly renew: boolean
}

/**
 * The backend as the core uses it: it knows when sessions expire, and turns every failure of the database into
 * `BACKEND_FAILED`.
 *
 * Where a write reports no row, it looks again before it believes so: some databases count only rows that changed,
 * and another request may have just written the same expiry.
 */
export class Rows {
  readonly options: ResolvedOptions
  readonly schema: PropertySchema
  readonly #backend: SessionBackend

  constructor(options: ResolvedOptions) {
    this.options = options
    this.#backend = options.backend
    const byName = (column: SessionColumn): [string, SessionColumn] => [column.name, column]
    this.schema = { columns: new Map(options.backend.columns.map(byName)), serializer: options.serializer }
  }

  get capabilities(): SessionBackend['capabilities'] {
    return this.#backend.capabilities
  }

  now(): Date {
    return new Date(this.options.now())
  }

  /** What the row of the session `id` is found by. */
  rowId(id: string): string {
    return this.options.hashIds ? hashId(id) : id
  }

  /** The row, alive or not. */
  async find(rowId: string): Promise<SessionRow | undefined> {
    const rows = await this.#ask((backend) => backend.find([rowId]))
    return rows.find((row) => row.id === rowId)
  }

  /** The row, if it is alive. */
  async findAlive(rowId: string): Promise<SessionRow | undefined> {
    const row = await this.find(rowId)
    return row && this.isAlive(row) ? row : undefined
  }

  /** The absolute timeout counts at once, also for sessions that were stored when it was longer. */
  isAlive(row: SessionRow): boolean {
    const now = this.options.now()
    return row.expires.getTime() > now && this.nextExpiry(row.createdAt).getTime() > now
  }

  /** Stores a new session, and gives back its row. */
  async create(rowId: string, data: string, columns: SessionRow['columns']): Promise<SessionRow> {
    this.#refuseTooLarge(data)
    const now = this.now()
    const { versions, creationDates } = this.capabilities
    const createdAt = creationDates ? now : null
    const row = { id: rowId, data, columns, createdAt, version: versions ? 1 : null, expires: this.nextExpiry(now) }
    await this.#ask((backend) => backend.insert([row]))
    return row
  }

  /** Writes to the row as it was read, and gives back what it is now; nothing if it has changed or is gone. */
  async write(row: SessionRow, change: RowChange): Promise<SessionRow | undefined> {
    if (change.data !== undefined) this.#refuseTooLarge(change.data)
    const renewed = change.renew || this.options.rolling
    const values = {
      ...(change.id !== undefined && { id: change.id }),
      ...(change.data !== undefined && { data: change.data }),
      ...(this.capabilities.versions && { version: (row.version ?? 0) + 1 }),
      expires: renewed ? this.nextExpiry(row.createdAt) : row.expires,
      columns: change.columns,
    }
    const update = { id: row.id, version: row.version, now: this.now(), values }
    const [written] = await this.#ask((backend) => backend.update([update]))
    const mayBeUnchanged = !this.capabilities.versions && values.id === undefined
    const isWritten = written || (mayBeUnchanged && (await this.findAlive(row.id)))
    return isWritten ? { ...row, ...values, columns: { ...row.columns, ...change.columns } } : undefined
  }

  /** Moves the expiry as using the session does, and gives back the row; nothing if it is gone. */
  async renew(row: SessionRow): Promise<SessionRow | undefined> {
    const expires = this.nextExpiry(row.createdAt)
    const [written] = await this.#ask((backend) => backend.touch([{ id: row.id, now: this.now(), expires }]))
    return written || (await this.findAlive(row.id)) ? { ...row, expires } : undefined
  }

  /** Whether so much of its time has passed that reading the session renews it. */
  isRenewalDue(row: SessionRow): boolean {
    const { rolling, touchAfter, maxAge } = this.options
    return rolling && this.nextExpiry(row.createdAt).getTime() - row.expires.getTime() > touchAfter * maxAge
  }

  delete(rowId: string): Promise<number> {
    return this.#ask((backend) => backend.delete([rowId]))
  }

  list(where: RowFilter, limit: number): Promise<readonly SessionRow[]> {
    return this.#ask((backend) => backend.list(where, this.now(), limit))
  }

  deleteWhere(where: RowFilter): Promise<number> {
    return this.#ask((backend) => backend.deleteWhere(where))
  }

  deleteExpired(limit: number): Promise<number> {
    return this.#ask((backend) => backend.deleteExpired(this.now(), limit))
  }

  deleteAll(): Promise<number> {
    return this.#ask((backend) => backend.deleteAll())
  }

  /** When a session that began at `createdAt` expires, if it is used now. */
  nextExpiry(createdAt: Date | null): Date {
    const { maxAge, absoluteTimeout } = this.options
    const idle = this.options.now() + maxAge
    if (absoluteTimeout === null || createdAt === null) return new Date(idle)
    return new Date(Math.min(idle, createdAt.getTime() + absoluteTimeout))
  }

  #refuseTooLarge(text: string): void {
    const most = this.capabilities.dataBytes
    if (most === null || text.length * 3 <= most) return
    const bytes = Buffer.byteLength(text)
    if (bytes <= most) return
    throw new SessionError(
      'DATA_TOO_LARGE',
      `The session's data has ${bytes} bytes, and its column holds ${most}. Store less in the session, or widen the column.`,
    )
  }

  async #ask<T>(question: (backend: SessionBackend) => Promise<T>): Promise<T> {
    try {
      return await question(this.#backend)
    } catch (cause) {
      if (cause instanceof SessionError) throw cause
      throw new SessionError(
        'BACKEND_FAILED',
        'The session database did not answer as it should; see the cause. Check the connection, and that the table exists with all columns.',
        { cause },
      )
    }
  }
}
