import { type DestroyOptions, type FindOptions, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import {
  type BackendCall,
  type BackendCapabilities,
  type BackendFailure,
  type ExpiredRow,
  type PassedRows,
  type RowFilter,
  type RowsWritten,
  type RowTouch,
  type RowUpdate,
  type SessionBackend,
  type SessionColumn,
  type SessionRow,
  sessionBackend,
} from '../core/backend.js'
import { Attempt } from '../model/attempt.js'
import { toDate } from '../model/dates.js'
import { insertMakingRoom } from '../model/make-room.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { apartFor } from './apart.js'
import { removeEnded } from './ended-rows.js'
import { expiryCondition } from './expired.js'
import { failureOf, failureOfSequelize } from './failures.js'
import { isOneOf, matching } from './matching.js'
import { PreparedFind } from './prepared-find.js'
import { instanceOf } from './query-generator.js'
import { explainRefusal } from './refusal.js'
import { type RegisteredSequelizeModel, registrationOf } from './registration.js'
import { RowWriter } from './row-writer.js'
import { forgetVersion } from './statements.js'
import type { Write } from './update-parts.js'
import { writeGateOf } from './write-gate.js'

/** How many rows at each end of the order by expiry are looked at for such as cannot be read. */
const mostLookedAt = 100

/**
 * Sessions in the table of a sequelize-typescript model. `session({ model })` makes one by itself.
 *
 * Hooks run as for the static methods of a model: create hooks for each new session, bulk hooks for updates and
 * deletions. Default scopes do not apply.
 */
export class SequelizeSessionBackend<Columns extends object = object> implements SessionBackend<Columns> {
  declare readonly columnTypes?: Columns
  readonly #registration: RegisteredSequelizeModel
  #unscoped: ModelStatic<Model> | undefined
  #preparedFind: PreparedFind | null | undefined
  #rowWriter: RowWriter | undefined

  /** Throws `MODEL_NOT_REGISTERED` if the model has not been passed to `registerSessionModel`. */
  constructor(model: object) {
    this.#registration = registrationOf(model)
  }

  get capabilities(): BackendCapabilities {
    return this.#writer.capabilities
  }

  get columns(): readonly SessionColumn[] {
    return this.#table.columns
  }

  get now(): (() => number) | undefined {
    return this.#registration.now
  }

  failureOf(error: unknown): BackendFailure {
    return failureOf(error)
  }

  async find(ids: readonly string[], call?: BackendCall): Promise<readonly SessionRow[]> {
    if (ids.length === 0) return []
    return this.#run(call, async (attempt) => {
      const [table, find] = [this.#table, this.#find]
      if (!find) return this.#select(attempt, this.#ids(ids))
      const rows = (await find.run(ids, attempt)).map((row) => table.toRow(row.get() as RowRecord))
      const wanted = new Set(ids)
      return rows.filter((row) => wanted.has(row.id)) // MySQL and MariaDB do not see blanks at the end
    })
  }

  async insert(rows: readonly SessionRow[], call?: BackendCall): Promise<void> {
    const ids = rows.map((row) => row.id)
    await this.#write(call, (attempt) =>
      insertMakingRoom(
        () => this.#insert(attempt, rows.map((row) => this.#table.toRecord(row)) as never[]),
        () => removeEnded(this.#model, this.#table.id, ids, apartFor(attempt)),
        failureOf,
      ),
    )
  }

  async update(updates: readonly RowUpdate[], call?: BackendCall): Promise<RowsWritten> {
    const writer = this.#writer
    return this.#writeRows(
      call,
      updates.map((update) => writer.updateOf(update)),
    )
  }

  async touch(touches: readonly RowTouch[], call?: BackendCall): Promise<RowsWritten> {
    const writer = this.#writer
    return this.#writeRows(
      call,
      touches.map((touch) => writer.touchOf(touch)),
    )
  }

  async delete(ids: readonly string[], call?: BackendCall): Promise<number> {
    return this.#destroy(call, { where: this.#ids(ids) })
  }

  async list(where: RowFilter, now: Date, limit: number, call?: BackendCall): Promise<readonly SessionRow[]> {
    const condition = { ...this.#matching(where), ...expiryCondition(this.#table, false, now) }
    return this.#run(call, (attempt) => this.#select(attempt, condition, limit))
  }

  async deleteWhere(where: RowFilter, except: readonly string[], call?: BackendCall): Promise<number> {
    const others = { [this.#table.id]: { [Op.notIn]: [...except] } }
    return this.#destroy(call, { where: { [Op.and]: [this.#matching(where), others] } })
  }

  async deleteAll(call?: BackendCall): Promise<number> {
    return this.#destroy(call, { where: {} })
  }

  async findExpired(
    now: Date,
    limit: number,
    { from, except }: PassedRows,
    call?: BackendCall,
  ): Promise<readonly ExpiredRow[]> {
    const { id, expires } = this.#table
    const conditions: WhereOptions[] = [expiryCondition(this.#table, true, now)]
    if (from) conditions.push({ [expires]: { [Op.gte]: this.#table.moment(from) } })
    if (except.length > 0) conditions.push({ [id]: { [Op.notIn]: [...except] } })
    return this.#expiries(call, { where: { [Op.and]: conditions }, limit }, 'ASC')
  }

  /** MariaDB and MySQL may read, and lock, more than these rows while the statement takes: see docs/performance.md. */
  async deleteExpired(now: Date, ids: readonly string[], call?: BackendCall): Promise<number> {
    const where = { ...expiryCondition(this.#table, true, now), [this.#table.id]: [...ids] } as WhereOptions
    return this.#destroy(call, { where, force: true })
  }

  /** NULL, and what is out of range, stands at one of the ends. */
  async hasUnreadable(call?: BackendCall): Promise<boolean> {
    for (const order of ['ASC', 'DESC'] as const) {
      const rows = await this.#expiries(call, { limit: mostLookedAt }, order)
      if (rows.some(({ expires }) => Number.isNaN(expires.getTime()))) return true
    }
    return false
  }

  get #table(): SessionTable {
    return this.#registration.initialized().table
  }

  get #model(): ModelStatic<Model> {
    this.#unscoped ??= this.#registration.initialized().model.unscoped()
    return this.#unscoped
  }

  get #writer(): RowWriter {
    this.#rowWriter ??= new RowWriter(this.#model, this.#table)
    return this.#rowWriter
  }

  /** `null` where the application has hooks on finding. */
  get #find(): PreparedFind | null {
    if (this.#preparedFind === undefined) {
      const { id, properties } = this.#table
      this.#preparedFind = PreparedFind.prepare(this.#model, id, properties) ?? null
    }
    return this.#preparedFind
  }

  async #insert(attempt: Attempt, records: readonly never[]): Promise<void> {
    const [only, ...others] = records
    const options = apartFor(attempt)
    await explainRefusal<unknown>(() => {
      if (only && others.length === 0) return this.#model.create(only, { ...options, returning: false })
      return this.#model.bulkCreate(records, { ...options, validate: true })
    })
  }

  /** Rows of ended sessions too. */
  async #expiries(
    call: BackendCall | undefined,
    options: FindOptions,
    direction: 'ASC' | 'DESC',
  ): Promise<ExpiredRow[]> {
    const { id, expires } = this.#table
    const order: [string, string][] = [[expires, direction]]
    const all = { ...options, attributes: [id, expires], order, paranoid: false }
    const found = await this.#run(call, (attempt) => this.#model.findAll({ ...apartFor(attempt), ...all }))
    return found.map((row) => ({ id: String(row.get(id)), expires: toDate(row.get(expires)) }))
  }

  async #select(attempt: Attempt, where: WhereOptions, limit?: number): Promise<SessionRow[]> {
    const table = this.#table
    const page = limit === undefined ? {} : { limit, order: [[table.expires, 'ASC']] as [string, string][] }
    const rows = await this.#model.findAll({ ...apartFor(attempt), ...page, attributes: table.properties, where })
    return rows.map((row) => table.toRow(row.get() as RowRecord))
  }

  #destroy(call: BackendCall | undefined, options: DestroyOptions): Promise<number> {
    return this.#write(call, (attempt) => this.#model.destroy({ ...apartFor(attempt), ...options }))
  }

  #ids(ids: readonly string[]): WhereOptions {
    return isOneOf(this.#model, this.#table.id, ids)
  }

  #matching(where: RowFilter): WhereOptions {
    return matching(this.#model, where, this.#table.id)
  }

  #writeRows(call: BackendCall | undefined, writes: readonly Write[]): Promise<RowsWritten> {
    return this.#write(call, (attempt) => this.#writer.writeAll(writes, attempt))
  }

  /** Where there is one connection for all: while no transaction of the application is open. */
  #write<T>(call: BackendCall | undefined, write: (attempt: Attempt) => Promise<T>): Promise<T> {
    return this.#run(call, async (attempt) => {
      const gate = writeGateOf(this.#model.sequelize)
      return gate ? gate.write(() => write(attempt)) : write(attempt)
    })
  }

  /** Notes what a failure means for the call: one that is not of its statements is of Sequelize's pool, or of a hook. */
  async #run<T>(call: BackendCall | undefined, work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt = new Attempt(call)
    attempt.waits(() => forgetVersion(instanceOf(this.#model)))
    try {
      return await work(attempt)
    } catch (error) {
      attempt.judge(error, attempt.hasSent ? 'failed' : failureOfSequelize(error))
      throw error
    }
  }
}

/** Lets the model make a backend of itself. */
export function giveBackend(model: object): void {
  const makeBackend = (): SequelizeSessionBackend => new SequelizeSessionBackend(model)
  Object.defineProperty(model, sessionBackend, { value: makeBackend, configurable: true })
}
