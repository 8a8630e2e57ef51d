import { type Model, type ModelStatic, QueryTypes } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { columnTypesQuery, hasRefused } from '../model/postgres.js'
import type { SessionTable } from '../model/session-table.js'
import { apartFor } from './apart.js'
import { generatorOf, instanceOf } from './query-generator.js'
import { UpdateParts, type Value, type Write } from './update-parts.js'

/** How a database is told to write many rows: what stands around the list of their values. */
export interface BatchForm {
  readonly beginning: string
  readonly end: string
  readonly values: readonly Value[]
  /** What follows each value in the first row of the list. */
  readonly casts: readonly string[]
  /** What Sequelize takes the statement for, so that it gives the rows. */
  readonly type: QueryTypes
  /** Which of the writes an `n` of the answer stands for. */
  readonly numberOf: (n: unknown, writes: readonly Write[]) => number
}

/** The types of the columns of a table, by their names. */
export type Types = ReadonlyMap<string, string>

/** Asks PostgreSQL. */
export async function typesOf(model: ModelStatic<Model>, attempt: Attempt): Promise<Types> {
  const bind = [generatorOf(model).quoteTable(model.getTableName())]
  const options = { ...apartFor(model, attempt), type: QueryTypes.SELECT, raw: true, bind }
  const answer: unknown = await instanceOf(model).query(columnTypesQuery, options as never)
  const columns = answer as readonly { readonly name: string; readonly type: string }[]
  return new Map(columns.map(({ name, type }) => [name, type]))
}

/**
 * PostgreSQL never waits for a lock while it holds others: rows that somebody has locked are left out. So it can be in no
 * deadlock, and one slow row holds nobody up.
 */
export function postgresForm(model: ModelStatic<Model>, table: SessionTable, example: Write, types: Types): BatchForm {
  const generator = generatorOf(model)
  const idColumn = columnOf(model, table.id)
  const parts = new UpdateParts(model, table, example, (index, column) =>
    column === idColumn ? 'ksm_values.ksm_id' : `ksm_values.ksm_p${index}`,
  )
  const id = `ksm_row.${generator.quoteIdentifier(idColumn)}`
  const key = parts.values.findIndex(({ column }) => column === idColumn)
  const beginning = [
    `${parts.set} FROM (SELECT ${id} AS ksm_id, ksm_list.*`,
    `FROM ${generator.quoteTable(model.getTableName())} AS ksm_row JOIN (VALUES `,
  ]
  const end = [
    `) AS ksm_list (${namesOf(parts)}, ksm_n) ON ${id} = ksm_list.ksm_p${key}`,
    `FOR NO KEY UPDATE OF ksm_row SKIP LOCKED) AS ksm_values ${conditionOf(parts)}`,
    'RETURNING ksm_values.ksm_n AS n',
  ]
  return {
    beginning: beginning.join(' '),
    end: end.join(' '),
    values: parts.values,
    casts: parts.values.map(({ column }) => `::${types.get(column) ?? types.get(column.toLowerCase())}`),
    type: QueryTypes.BULKUPDATE,
    numberOf: (n) => Number(n),
  }
}

/** SQLite returns only what is of the table: the ids. */
export function sqliteForm(model: ModelStatic<Model>, table: SessionTable, example: Write): BatchForm {
  const parts = new UpdateParts(model, table, example, (index) => `ksm_values.ksm_p${index}`)
  const id = generatorOf(model).quoteIdentifier(columnOf(model, table.id))
  return {
    beginning: `WITH ksm_values (${namesOf(parts)}, ksm_n) AS (VALUES `,
    end: `) ${parts.set} FROM ksm_values ${conditionOf(parts)} RETURNING ${id} AS n`,
    values: parts.values,
    casts: parts.values.map(() => ''),
    type: QueryTypes.SELECT,
    numberOf: (n, writes) => writes.findIndex((write) => write.id === n),
  }
}

/** Whether the database has answered that it wrote nothing. SQLite then has a reason that is in the statement. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof Error) || !('parent' in error)) return false
  const { code } = error.parent as { code?: unknown }
  return hasRefused(error.parent) || (typeof code === 'string' && sqliteReasons.includes(code))
}

const sqliteReasons = ['SQLITE_CONSTRAINT', 'SQLITE_ERROR', 'SQLITE_MISMATCH', 'SQLITE_RANGE', 'SQLITE_TOOBIG']

function namesOf({ values }: UpdateParts): string {
  return values.map((_, index) => `ksm_p${index}`).join(', ')
}

function conditionOf({ sql, set }: UpdateParts): string {
  return sql.slice(set.length).trim()
}

function columnOf(model: ModelStatic<Model>, property: string): string {
  return model.getAttributes()[property]?.field ?? property
}
