import { type DestroyOptions, type FindOptions, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import {
  type BackendCapabilities,
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
import { toDate } from '../model/dates.js'
import { insertMakingRoom } from '../model/make-room.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { apart } from './apart.js'
import { removeEnded } from './ended-rows.js'
import { expiryCondition } from './expired.js'
import { idIn, matching } from './matching.js'
import { PreparedFind } from './prepared-find.js'
import { explainRefusal } from './refusal.js'
import { type RegisteredSequelizeModel, registrationOf } from './registration.js'
import { RowWriter } from './row-writer.js'
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
  #prepared: Promise<PreparedFind | undefined> | undefined
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

  async find(ids: readonly string[]): Promise<readonly SessionRow[]> {
    if (ids.length === 0) return []
    const table = this.#table
    this.#prepared ??= PreparedFind.prepare(this.#model, table.id, { ...apart, attributes: table.properties })
    const prepared = await this.#prepared.catch((error: unknown) => {
      this.#prepared = undefined // the next request tries again
      throw error
    })
    if (!prepared) return this.#select(this.#ids(ids))
    const rows = (await prepared.run(ids)).map((row) => table.toRow(row.get() as RowRecord))
    const wanted = new Set(ids)
    return rows.filter((row) => wanted.has(row.id)) // MySQL and MariaDB do not see blanks at the end
  }

  async insert(rows: readonly SessionRow[]): Promise<void> {
    const ids = rows.map((row) => row.id)
    await this.#gated(() =>
      insertMakingRoom(
        () => this.#insert(rows.map((row) => this.#table.toRecord(row)) as never[]),
        () => removeEnded(this.#model, this.#table.id, ids, apart),
      ),
    )
  }

  async update(updates: readonly RowUpdate[]): Promise<RowsWritten> {
    const writer = this.#writer
    return this.#writeRows(updates.map((update) => writer.updateOf(update)))
  }

  async touch(touches: readonly RowTouch[]): Promise<RowsWritten> {
    const writer = this.#writer
    return this.#writeRows(touches.map((touch) => writer.touchOf(touch)))
  }

  async delete(ids: readonly string[]): Promise<number> {
    return this.#destroy({ where: this.#ids(ids) })
  }

  async list(where: RowFilter, now: Date, limit: number): Promise<readonly SessionRow[]> {
    return this.#select({ ...this.#matching(where), ...expiryCondition(this.#table, false, now) }, limit)
  }

  async deleteWhere(where: RowFilter, except: readonly string[]): Promise<number> {
    const others = { [this.#table.id]: { [Op.notIn]: [...except] } }
    return this.#destroy({ where: { [Op.and]: [this.#matching(where), others] } })
  }

  async deleteAll(): Promise<number> {
    return this.#destroy({ where: {} })
  }

  async findExpired(now: Date, limit: number, { from, except }: PassedRows): Promise<readonly ExpiredRow[]> {
    const { id, expires } = this.#table
    const conditions: WhereOptions[] = [expiryCondition(this.#table, true, now)]
    if (from) conditions.push({ [expires]: { [Op.gte]: this.#table.moment(from) } })
    if (except.length > 0) conditions.push({ [id]: { [Op.notIn]: [...except] } })
    return this.#expiries({ where: { [Op.and]: conditions }, limit }, 'ASC')
  }

  /** MariaDB and MySQL may read, and lock, more than these rows while the statement takes: see docs/performance.md. */
  async deleteExpired(now: Date, ids: readonly string[]): Promise<number> {
    const where = { ...expiryCondition(this.#table, true, now), [this.#table.id]: [...ids] } as WhereOptions
    return this.#destroy({ where, force: true })
  }

  /** NULL, and what is out of range, stands at one of the ends. */
  async hasUnreadable(): Promise<boolean> {
    for (const order of ['ASC', 'DESC'] as const) {
      const rows = await this.#expiries({ limit: mostLookedAt }, order)
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

  async #insert(records: readonly never[]): Promise<void> {
    const [only, ...others] = records
    await explainRefusal<unknown>(() => {
      if (only && others.length === 0) return this.#model.create(only, { ...apart, returning: false })
      return this.#model.bulkCreate(records, { ...apart, validate: true })
    })
  }

  /** Rows of ended sessions too. */
  async #expiries(options: FindOptions, direction: 'ASC' | 'DESC'): Promise<ExpiredRow[]> {
    const { id, expires } = this.#table
    const order: [string, string][] = [[expires, direction]]
    const found = await this.#model.findAll({ ...apart, ...options, attributes: [id, expires], order, paranoid: false })
    return found.map((row) => ({ id: String(row.get(id)), expires: toDate(row.get(expires)) }))
  }

  async #select(where: WhereOptions, limit?: number): Promise<SessionRow[]> {
    const table = this.#table
    const page = limit === undefined ? {} : { limit, order: [[table.expires, 'ASC']] as [string, string][] }
    const rows = await this.#model.findAll({ ...apart, ...page, attributes: table.properties, where })
    return rows.map((row) => table.toRow(row.get() as RowRecord))
  }

  #destroy(options: DestroyOptions): Promise<number> {
    return this.#gated(() => this.#model.destroy({ ...apart, ...options }))
  }

  #ids(ids: readonly string[]): WhereOptions {
    return idIn(this.#model, this.#table.id, ids)
  }

  #matching(where: RowFilter): WhereOptions {
    return matching(this.#model, where, this.#table.id)
  }

  #writeRows(writes: readonly Write[]): Promise<RowsWritten> {
    return this.#gated(() => this.#writer.writeAll(writes))
  }

  /** Where there is one connection for all: while no transaction of the application is open. */
  async #gated<T>(write: () => Promise<T>): Promise<T> {
    const gate = writeGateOf(this.#model.sequelize)
    return gate ? gate.write(write) : write()
  }
}

/** Lets the model make a backend of itself. */
export function giveBackend(model: object): void {
  const makeBackend = (): SequelizeSessionBackend => new SequelizeSessionBackend(model)
  Object.defineProperty(model, sessionBackend, { value: makeBackend, configurable: true })
}
