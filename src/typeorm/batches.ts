import type { DataSource, QueryRunner } from 'typeorm'
import type { RowsWritten } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { isSqlite } from './parameters.js'
import { isRefused, PreparedBatch, typesOf } from './prepared-batch.js'
import { isRefusedBySqlite, knowsReturning, SqliteBatch } from './sqlite-batch.js'
import { Statements } from './statements.js'
import type { Write } from './update-parts.js'

/** A statement for many writes of one shape. */
interface BatchStatement {
  run(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten>
}

type MakeStatement = (example: Write) => BatchStatement

/** How a database writes several rows in one statement. */
interface Dialect {
  /** What has to be asked first; nothing, where the database turns out to be too old. */
  ask(runner: QueryRunner): Promise<MakeStatement | undefined>
  /** Whether the error tells that nothing was written, and that a row alone may be. */
  isRefused(error: unknown): boolean
}

/** The statements for many writes to one table. */
export class Batches {
  readonly #table: SessionTable
  readonly #dialect: Dialect
  #statements: Statements<BatchStatement> | undefined
  #isTooOld = false

  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable) {
    this.#table = table
    this.#dialect = isSqlite(dataSource) ? sqlite(dataSource, entity, table) : postgres(dataSource, entity, table)
  }

  /** `false` from when the database is known to be too old. */
  get arePossible(): boolean {
    return !this.#isTooOld
  }

  /** In one statement. What is not of the shape of the first one, or changes an id, is for statements of its own. */
  async write(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    const [example] = writes
    if (!example || this.#table.id in example.record) return writes.map(() => null)
    const { shape } = example
    if (writes.every((write) => write.shape === shape)) return this.#run(runner, example, writes)
    const same = writes.filter((write) => write.shape === shape)
    const written = await this.#run(runner, example, same)
    return writes.map((write) => written[same.indexOf(write)] ?? null)
  }

  async #run(runner: QueryRunner, example: Write, writes: readonly Write[]): Promise<RowsWritten> {
    try {
      const statements = this.#statements ?? (await this.#ask(runner))
      if (statements) return await statements.for(example).run(runner, writes)
    } catch (error) {
      if (!this.#dialect.isRefused(error)) throw error
    }
    return writes.map(() => null)
  }

  async #ask(runner: QueryRunner): Promise<Statements<BatchStatement> | undefined> {
    const make = await this.#dialect.ask(runner)
    if (make) this.#statements = new Statements(make)
    else this.#isTooOld = true
    return this.#statements
  }
}

function postgres(dataSource: DataSource, entity: Constructor, table: SessionTable): Dialect {
  return {
    ask: async (runner) => {
      const types = await typesOf(runner, entity)
      return (example) => new PreparedBatch(dataSource, entity, table, example, types)
    },
    isRefused,
  }
}

function sqlite(dataSource: DataSource, entity: Constructor, table: SessionTable): Dialect {
  return {
    ask: async (runner) =>
      (await knowsReturning(runner)) ? (example) => new SqliteBatch(dataSource, entity, table, example) : undefined,
    isRefused: isRefusedBySqlite,
  }
}
