import type {
  BackendCapabilities,
  ExpiredRow,
  IdPage,
  LivingRows,
  PassedRows,
  RowFilter,
  RowsWritten,
  RowTouch,
  RowUpdate,
  SessionBackend,
  SessionColumn,
  SessionRow,
} from 'koa-session-model'

export type Call =
  | 'find'
  | 'insert'
  | 'update'
  | 'touch'
  | 'delete'
  | 'list'
  | 'listById'
  | 'count'
  | 'deleteWhere'
  | 'findExpired'
  | 'deleteExpired'
  | 'deleteAll'

/** A backend that notes the calls before it passes them on. */
export class WatchedBackend<Columns extends object> implements SessionBackend<Columns> {
  declare readonly columnTypes?: Columns
  readonly capabilities: BackendCapabilities
  readonly columns: readonly SessionColumn[]
  readonly inner: SessionBackend<Columns>
  readonly now: SessionBackend<Columns>['now']
  /** Runs before each call: it may delay the call, or fail instead of it. */
  before: (call: Call) => unknown = () => {}
  #calls: Call[] = []

  constructor(inner: SessionBackend<Columns>, capabilities: Partial<BackendCapabilities> = {}) {
    this.inner = inner
    this.columns = inner.columns
    this.now = inner.now
    this.capabilities = { ...inner.capabilities, ...capabilities }
  }

  /** The calls since the last time, without asking for more. */
  takeCalls(): Call[] {
    const calls = this.#calls
    this.#calls = []
    return calls
  }

  /** Every session that is stored. */
  async rows(): Promise<readonly SessionRow[]> {
    const rows = await this.inner.list({}, new Date(0), 1000)
    return rows.filter(({ id }) => !id.startsWith('~'))
  }

  /** The only row that is stored. */
  async row(): Promise<SessionRow> {
    const [row, ...others] = await this.rows()
    if (!row || others.length > 0) throw new Error('There is not exactly one row.')
    return row
  }

  find(ids: readonly string[]): Promise<readonly SessionRow[]> {
    return this.#pass('find', () => this.inner.find(ids))
  }

  insert(rows: readonly SessionRow[]): Promise<void> {
    return this.#pass('insert', () => this.inner.insert(rows))
  }

  update(updates: readonly RowUpdate[]): Promise<RowsWritten> {
    return this.#pass('update', () => this.inner.update(updates))
  }

  touch(touches: readonly RowTouch[]): Promise<RowsWritten> {
    return this.#pass('touch', () => this.inner.touch(touches))
  }

  delete(ids: readonly string[]): Promise<number> {
    return this.#pass('delete', () => this.inner.delete(ids))
  }

  list(where: RowFilter, now: Date, limit: number): Promise<readonly SessionRow[]> {
    return this.#pass('list', () => this.inner.list(where, now, limit))
  }

  listById(where: RowFilter, page: IdPage): Promise<readonly SessionRow[]> {
    return this.#pass('listById', () => this.inner.listById(where, page))
  }

  count(where: RowFilter, living: LivingRows): Promise<number> {
    return this.#pass('count', () => this.inner.count(where, living))
  }

  deleteWhere(where: RowFilter, except: readonly string[]): Promise<number> {
    return this.#pass('deleteWhere', () => this.inner.deleteWhere(where, except))
  }

  findExpired(now: Date, limit: number, passed: PassedRows): Promise<readonly ExpiredRow[]> {
    return this.#pass('findExpired', () => this.inner.findExpired(now, limit, passed))
  }

  deleteExpired(now: Date, ids: readonly string[]): Promise<number> {
    return this.#pass('deleteExpired', () => this.inner.deleteExpired(now, ids))
  }

  deleteAll(): Promise<number> {
    return this.#pass('deleteAll', () => this.inner.deleteAll())
  }

  async #pass<T>(call: Call, run: () => Promise<T>): Promise<T> {
    this.#calls.push(call)
    await this.before(call)
    return run()
  }
}
