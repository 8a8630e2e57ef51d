import type { SessionTable } from '../model/session-table.js'
import type { Bind, SqlTable } from './sql-table.js'
import type { Write } from './write.js'

/** The statement for all writes of a shape, in two parts. What they are given by `bind` stands for the values. */
export interface GuardedUpdate {
  /** `UPDATE … SET …` */
  readonly set: string
  /** `WHERE …`: the row, and the guard. */
  readonly where: string
}

/** Writes the statement from any write of the shape. */
export function guardedUpdate(
  table: SqlTable<never>,
  session: SessionTable,
  example: Write,
  bind: Bind,
): GuardedUpdate {
  const set = [...valuesOf(table, example, bind), ...sqlOf(table, example)]
  const where = [
    ...idIs(table, session.id, bind),
    `${table.column(session.expires).quoted} > ${bind(table.column(session.expires), ({ now }) => table.moment(now))}`,
    ...versionIs(table, session.version, example, bind),
    ...table.conditions(bind),
  ]
  return { set: `UPDATE ${table.name} SET ${set.join(', ')}`, where: `WHERE ${where.join(' AND ')}` }
}

function valuesOf(table: SqlTable<never>, { record }: Write, bind: Bind): string[] {
  return Object.keys(record).map((property) => {
    const column = table.column(property)
    const place = bind(column, (write) => column.parameter(write.record[property]))
    return `${column.quoted} = ${column.written(place)}`
  })
}

function sqlOf(table: SqlTable<never>, { record, sql }: Write): string[] {
  const set = Object.entries({ ...table.automatic, ...sql }).filter(([property]) => !(property in record))
  return set.map(([property, value]) => `${table.column(property).quoted} = ${value}`)
}

/** MySQL and MariaDB take two ids that differ only in blanks at the end for equal. */
function idIs(table: SqlTable<never>, property: string, bind: Bind): string[] {
  const column = table.column(property)
  const same = `${column.quoted} = ${bind(column, ({ id }) => column.parameter(id))}`
  if (table.database !== 'mysql') return [same]
  return [same, `CONCAT(${column.quoted}, '.') = ${bind(column, ({ id }) => `${column.parameter(id)}.`)}`]
}

function versionIs(table: SqlTable<never>, property: string | undefined, { version }: Write, bind: Bind): string[] {
  if (property === undefined) return []
  const column = table.column(property)
  if (version === null) return [`${column.quoted} IS NULL`]
  return [`${column.quoted} = ${bind(column, (write) => column.parameter(write.version))}`]
}
