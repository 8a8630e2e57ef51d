import { SessionError } from '../core/errors.js'

/** Returns why a name cannot be used, or `undefined` if it can. */
export type NameRule = (name: string) => string | undefined

/** A rule that refuses names in which the pattern matches. */
export function without(pattern: RegExp, reason: string): NameRule {
  return (name) => (pattern.test(name) ? reason : undefined)
}

/** Refuses NUL characters: no database takes them in a name, and SQL ends at the first one. */
const noNul = without(/\0/, 'it has a NUL character')

const postgresRules: readonly NameRule[] = [
  noNul,
  (name) => (Buffer.byteLength(name) > 63 ? 'PostgreSQL cuts names off after 63 bytes' : undefined),
]

const mysqlRules: readonly NameRule[] = [
  noNul,
  (name) => (Array.from(name).length > 64 ? 'MySQL and MariaDB have names of at most 64 characters' : undefined),
  without(/\s$/, 'MySQL and MariaDB have no names that end with a blank'),
  without(/[\u{10000}-\u{10ffff}]/u, 'MySQL and MariaDB have no names with characters beyond U+FFFF'),
]

/** The rules of the database itself for names of tables and columns. */
export function namesOn(database: 'postgres' | 'mysql' | 'other'): readonly NameRule[] {
  if (database === 'postgres') return postgresRules
  return database === 'mysql' ? mysqlRules : [noNul]
}

/** Throws `NAME_UNUSABLE` if a rule refuses the name of a column or table. */
export function assertName(of: 'column' | 'table', name: string, rules: readonly NameRule[]): void {
  for (const rule of rules) {
    const reason = rule(name)
    if (reason !== undefined) throw unusable(of, name, reason)
  }
}

function unusable(of: string, name: string, reason: string): SessionError {
  const fix =
    of === 'table' ? 'Give @SessionModel() another tableName.' : 'Rename the column; its property can keep its name.'
  return new SessionError('NAME_UNUSABLE', `The ${of} ${JSON.stringify(name)} cannot be used: ${reason}. ${fix}`)
}
