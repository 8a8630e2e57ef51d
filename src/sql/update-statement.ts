import type { SessionTable } from '../model/session-table.js'
import { guardedUpdate } from './guarded-update.js'
import type { SqlTable } from './sql-table.js'
import type { Write } from './write.js'

/** The statement for one write of a shape. */
export class UpdateStatement {
  readonly sql: string
  readonly #sources: ((write: Write) => unknown)[] = []

  /** From any write of the shape. */
  constructor(table: SqlTable<never>, session: SessionTable, example: Write) {
    const { set, where } = guardedUpdate(table, session, example, (_, source) =>
      table.place(this.#sources.push(source)),
    )
    this.sql = `${set} ${where}`
  }

  /** `undefined` where the ORM's own update must be taken, for one of the values. */
  parametersOf(write: Write): unknown[] | undefined {
    const parameters: unknown[] = []
    for (const source of this.#sources) {
      const value = source(write)
      if (value === undefined) return undefined
      parameters.push(value)
    }
    return parameters
  }
}
