import type { DriverError } from './failures.js'
import type { ReasonKind } from './reason-kinds.js'

/** A name as tables, columns, constraints and databases have them. */
const name = String.raw`[\p{L}_][\p{L}\p{N}_$-]{0,127}`
/** A quotation mark, in the languages of servers too. */
const mark = '["\'`»«„“]'
/** Names before it, as that of the database. */
const path = String.raw`(?:${mark}?${name}${mark}?\.)*`
const pattern = (source: string): RegExp => new RegExp(source, 'u')

const firstQuoted = pattern(`${mark}${path}(${name})${mark}`)
const afterColon = pattern(`: ${path}(${name})$`)
const ofColumn = pattern(String.raw`\bfor column ${path}${mark}(${name})${mark} at row \d+$`)

/**
 * Where the messages of drivers have the name that a reason is about. Values stand in some of them: their patterns say what
 * comes before or behind the name, up to the end.
 */
const patterns: Partial<Record<ReasonKind, readonly RegExp[]>> = {
  missingTable: [firstQuoted, afterColon],
  missingColumn: [
    firstQuoted,
    afterColon,
    pattern(String.raw`\bhas no column named (${name})$`),
    pattern(String.raw`\b${name}\.(${name})\b`),
  ],
  missingSchema: [firstQuoted],
  missingDatabase: [firstQuoted],
  noRights: [pattern(String.raw`\b(?:table|relation|schema|database) ${path}${mark}?(${name})${mark}?$`)],
  unique: [
    pattern(String.raw`\bfor key '${path}(${name})'$`),
    pattern(String.raw`constraint failed: ((?:${name}\.${name}(?:, )?)+)$`),
  ],
  foreignKey: [pattern(String.raw`\bCONSTRAINT ${mark}(${name})${mark} FOREIGN KEY`)],
  notNull: [
    pattern(String.raw`\b(?:Column|Field) '(${name})' (?:cannot|doesn't)`),
    pattern(`constraint failed: ${path}(${name})$`),
  ],
  check: [
    pattern(String.raw`\bCONSTRAINT ${path}${mark}(${name})${mark} failed`),
    pattern(`constraint failed: (${name})$`),
    pattern(`^Check constraint '(${name})' is violated`),
  ],
  tooLong: [ofColumn],
  outOfRange: [ofColumn],
  wrongType: [ofColumn],
}

/** What PostgreSQL tells beside the message. */
const members: Partial<Record<ReasonKind, string>> = {
  unique: 'constraint',
  foreignKey: 'constraint',
  check: 'constraint',
  notNull: 'column',
}

const isName = pattern(`^${name}$`)

/** The name of the table, column, constraint, host or the like that the error is about. */
export function nameIn(error: DriverError, kind: ReasonKind): string | undefined {
  if (kind === 'nothingListens' || kind === 'noAnswer' || kind === 'unknownHost') return placeIn(error)
  const member: unknown = Reflect.get(error, members[kind] ?? '')
  if (typeof member === 'string') return isName.test(member) ? member : undefined
  const message = ownMessage(error)
  for (const found of patterns[kind] ?? []) {
    const given = found.exec(message)?.[1]
    if (given !== undefined) return given
  }
  return undefined
}

/** The host, with its port, or the socket that was to be connected to. */
function placeIn(error: DriverError): string | undefined {
  const { address, hostname, host, port } = error as Readonly<Record<string, unknown>>
  const at = [address, hostname, host].find((value) => typeof value === 'string')
  if (at === undefined) return undefined
  return typeof port === 'number' ? `${at}:${port}` : String(at)
}

/** From here on the drivers for MySQL have names for numbers that mean something else on MariaDB. */
const firstNumberOfTwo = 1900
/** From here on numbers are those of the connector `mariadb`. */
const firstOfConnector = 45_001

/** The code of the database, the driver or Node.js, as it is looked up. */
export function safeCode({ code, errno }: DriverError): string | undefined {
  const number = typeof errno === 'number' && errno > 0 ? errno : undefined
  const isOfTwo = number !== undefined && number >= firstNumberOfTwo && number < firstOfConnector
  if (!isOfTwo && typeof code === 'string' && /^[A-Z0-9][A-Z0-9_]{2,60}$/.test(code)) return code
  return number === undefined ? undefined : String(number)
}

/** Of longer messages, so much of both ends: a value in between may be as long as somebody wants. */
const longestEnd = 400

/** What the database says. The connector `mariadb` adds the statement with its parameters to the message. */
function ownMessage(error: DriverError): string {
  const given: unknown = Reflect.get(error, 'sqlMessage') ?? error.message ?? ''
  const message = String(given).replace(/\r?\nsql: [\s\S]*$/, '')
  return message.length > 2 * longestEnd ? `${message.slice(0, longestEnd)}\n${message.slice(-longestEnd)}` : message
}

const longestText = 200

/** What a database says of a failure that nobody knows: without what stands in quotation marks, and what could be a value. */
export function safeText(error: DriverError): string {
  // PostgreSQL was in a function of the application, whose text it may be.
  if (typeof Reflect.get(error, 'where') === 'string') return ''
  const [line = ''] = ownMessage(error).split('\n')
  const text = line
    .slice(0, longestText)
    .replace(/^\(conn:[^)]*\) /, '')
    .replace(/["'`][\s\S]*["'`]/, '(hidden)')
    .replace(/["'`][\s\S]*$/, '(hidden)')
    .replace(/\S*[@=\d]\S*|[\w-]{24,}/g, '(hidden)')
  return text.replace(/[.\s]+$/, '')
}
