import { type DestroyOptions, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import {
  type BackendCapabilities,
  type RowFilter,
  type RowsWritten,
  type RowTouch,
  type RowUpdate,
  type SessionBackend,
  type SessionColumn,
  type SessionRow,
  sessionBackend,
} from '../core/backend.js'
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
  #columns: readonly SessionColumn[] | undefined

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
    this.#forgetOldStatements(table)
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
    if (!this.#writer.isReady) await this.#writer.prepare()
    await this.#gated(() =>
      insertMakingRoom(
        () => this.#insert(rows.map((row) => this.#table.toRecord(row)) as never[]),
        () => removeEnded(this.#model, this.#table.id, ids, apart),
      ),
    )
  }

  async update(updates: readonly RowUpdate[]): Promise<RowsWritten> {
    const writer = this.#writer
    if (!writer.isReady) await writer.prepare()
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

  /** First the ids, then the rows: a delete by primary key locks no gaps and no neighbours. */
  async deleteExpired(now: Date, limit: number): Promise<number> {
    const { id, expires } = this.#table
    const where = expiryCondition(this.#table, true, now)
    const order: [string, string][] = [[expires, 'ASC']]
    const expired = await this.#model.findAll({ ...apart, attributes: [id], where, order, limit, paranoid: false })
    if (expired.length === 0) return 0
    const ids = expired.map((row) => row.get(id))
    return this.#destroy({ where: { ...where, [id]: ids } as WhereOptions, force: true })
  }

  get #table(): SessionTable {
    return this.#registration.initialized().table
  }

  get #model(): ModelStatic<Model> {
    this.#unscoped ??= this.#registration.initialized().model.unscoped()
    return this.#unscoped
  }

  /** Statements are for the columns that the table had: an association may have added one. */
  #forgetOldStatements({ columns }: SessionTable): void {
    if (columns === this.#columns) return
    this.#columns = columns
    this.#prepared = undefined
    this.#rowWriter = undefined
  }

  get #writer(): RowWriter {
    this.#forgetOldStatements(this.#table)
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
