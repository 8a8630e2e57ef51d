import type { RowFilter, RowUpdate, SessionBackend, SessionColumn, SessionRow } from './backend.js'
import { SessionError } from './errors.js'
import { hashId } from './id.js'
import type { ResolvedOptions } from './options.js'
import type { PropertySchema } from './properties.js'

/**
 * The backend as the core uses it: it takes the ids that cookies hold, shows only rows that are alive, and turns every
 * failure of the database into `BACKEND_FAILED`.
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

  isAlive(row: SessionRow): boolean {
    return row.expires.getTime() > this.options.now()
  }

  async insert(row: SessionRow): Promise<void> {
    this.#refuseTooLarge(row.data)
    await this.#ask((backend) => backend.insert([row]))
  }

  /** Whether the row was written. `false` may also come from a database that reports only rows that changed. */
  async update(update: RowUpdate): Promise<boolean> {
    if (update.values.data !== undefined) this.#refuseTooLarge(update.values.data)
    const [written] = await this.#ask((backend) => backend.update([update]))
    return written === true
  }

  /** Whether the row was written; see {@link update}. */
  async touch(id: string, expires: Date): Promise<boolean> {
    const [written] = await this.#ask((backend) => backend.touch([{ id, now: this.now(), expires }]))
    return written === true
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
