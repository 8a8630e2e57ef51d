import type { DataSource } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { type Source, UpdateParts, type Write } from './update-parts.js'

/** The statement for one write of a shape: TypeORM's own, made once and then replayed. */
export class PreparedUpdate {
  readonly sql: string
  readonly #sources: readonly Source[]

  /** From any write of the shape. */
  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable, example: Write) {
    const sources = new Map<string, Source>()
    const parts = new UpdateParts(dataSource, entity, (source) => {
      const name = `session_${sources.size}`
      sources.set(name, source)
      return `:${name}`
    })
    const update = parts.update(example).where(parts.where(table, example))
    update.setParameters(Object.fromEntries(Array.from(sources.keys(), (name) => [name, name])))
    const [sql, parameters] = update.getQueryAndParameters()
    this.sql = sql
    this.#sources = parameters.map((name: unknown) => sources.get(String(name)) ?? (() => name))
  }

  parametersOf(write: Write): unknown[] {
    return this.#sources.map((source) => source(write))
  }
}
