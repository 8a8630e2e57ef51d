import type { TableAccess } from '../sql/table-access.js'

/** A statement about all rows of the table, with the values that it binds. */
export class Question {
  readonly #access: TableAccess
  readonly #values: unknown[] = []

  constructor(access: TableAccess) {
    this.#access = access
  }

  get id(): string {
    return this.#access.text.column(this.#access.session.id).compared
  }

  get expires(): string {
    return this.#access.text.column(this.#access.session.expires).compared
  }

  get table(): string {
    return this.#access.text.name
  }

  /** The SQL of a column of a property. */
  column(property: string): string {
    return this.#access.text.column(property).compared
  }

  /** The place of a value that is a parameter already. */
  bind(value: unknown): string {
    this.#values.push(value)
    return this.#access.text.place(this.#values.length)
  }

  moment(date: Date): string {
    return this.bind(this.#access.text.moment(date))
  }

  /** The condition for rows that are no sessions: forwarding rows and leases. */
  get isMarker(): string {
    return `${this.id} LIKE '~%'`
  }

  ask(sql: string): Promise<readonly Record<string, unknown>[]> {
    return this.#access.ask(sql, this.#values)
  }
}

/** The number of rows that are expired at `now`, without markers that have expired after `since`, if that is given. */
export async function countExpired(access: TableAccess, now: Date, since?: Date): Promise<number> {
  const question = new Question(access)
  const expired = `${question.expires} <= ${question.moment(now)}`
  const old = since ? ` AND (NOT ${question.isMarker} OR ${question.expires} <= ${question.moment(since)})` : ''
  const sql = `SELECT COUNT(*) AS rows_found FROM ${question.table} WHERE ${expired}${old}`
  return numberOf((await question.ask(sql))[0]?.rows_found)
}

/** The number of rows. */
export async function countRows(access: TableAccess): Promise<number> {
  const question = new Question(access)
  return numberOf((await question.ask(`SELECT COUNT(*) AS rows_found FROM ${question.table}`))[0]?.rows_found)
}

/** A number of the database: drivers give some as text. */
export function numberOf(value: unknown): number {
  return value === null || value === undefined ? 0 : Number(value)
}
