import type { SessionTable } from '../model/session-table.js'
import type { Bind, SqlColumn, SqlTable } from './sql-table.js'
import type { Write } from './write.js'

/** The guarded update for all writes of a shape, in two parts. `bind` gives the text that stands for each value. */
export interface GuardedUpdate {
  /** `UPDATE … SET …` */
  readonly set: string
  /** `WHERE …`: the row's id, and the guard: its version, and that it is not expired. */
  readonly where: string
}

/** Makes the text of the statement from any write of the shape. */
export function guardedUpdate(
  table: SqlTable<never>,
  session: SessionTable,
  example: Write,
  bind: Bind,
): GuardedUpdate {
  return {
    set: `UPDATE ${table.name} SET ${assignments(table, session, example, bind)}`,
    where: guard(table, session, example, bind),
  }
}

/** The values that the update sets, without the word `SET`. */
export function assignments(table: SqlTable<never>, session: SessionTable, example: Write, bind: Bind): string {
  return [...valuesOf(table, session, example, bind), ...sqlOf(table, example)].join(', ')
}

/** `WHERE …`, as in {@link GuardedUpdate}. */
export function guard(table: SqlTable<never>, session: SessionTable, example: Write, bind: Bind): string {
  const expires = table.column(session.expires)
  const where = [
    ...idIs(table, session.id, bind),
    `${expires.compared} > ${bind(expires, ({ now }) => table.moment(now))}`,
    ...versionIs(table, session.version, example, bind),
    ...table.conditions(bind),
  ]
  return `WHERE ${where.join(' AND ')}`
}

function valuesOf(table: SqlTable<never>, session: SessionTable, { record }: Write, bind: Bind): string[] {
  return Object.keys(record).map((property) => {
    const column = table.column(property)
    const place = () => column.written(bind(column, (write) => column.parameter(write.record[property])))
    return `${column.quoted} = ${property === session.lastSeenAt ? laterOf(column, place) : place()}`
  })
}

/** SQL for the later one of the moment in the column and a new one: of two processes, the slower must not take it back. */
export function laterOf({ compared }: Pick<SqlColumn, 'compared'>, place: () => string): string {
  return `CASE WHEN ${compared} > ${place()} THEN ${compared} ELSE ${place()} END`
}

function sqlOf(table: SqlTable<never>, { record, sql }: Write): string[] {
  const set = Object.entries({ ...table.automatic, ...sql }).filter(([property]) => !(property in record))
  return set.map(([property, value]) => `${table.column(property).quoted} = ${value}`)
}

/** The condition that the id is exactly this one: MySQL and MariaDB find ids equal that differ only in blanks at the end. */
function idIs(table: SqlTable<never>, property: string, bind: Bind): string[] {
  const column = table.column(property)
  const same = `${column.compared} = ${bind(column, ({ id }) => column.parameter(id))}`
  if (table.database !== 'mysql') return [same]
  return [same, `CONCAT(${column.compared}, '.') = ${bind(column, ({ id }) => `${column.parameter(id)}.`)}`]
}

function versionIs(table: SqlTable<never>, property: string | undefined, { version }: Write, bind: Bind): string[] {
  if (property === undefined) return []
  const column = table.column(property)
  if (version === null) return [`${column.compared} IS NULL`]
  return [`${column.compared} = ${bind(column, (write) => column.parameter(write.version))}`]
}

/** The statement for one write of a shape. */
export class UpdateStatement {
  readonly sql: string
  readonly #sources: ((write: Write) => unknown)[] = []

  /** Takes any write of the shape as the example. */
  constructor(table: SqlTable<never>, session: SessionTable, example: Write) {
    const { set, where } = guardedUpdate(table, session, example, (_, source) =>
      table.place(this.#sources.push(source)),
    )
    this.sql = `${set} ${where}`
  }

  /** The parameters for a write of the shape; `undefined` if one of its values needs the ORM's own update. */
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
