import type { DriverError } from './failures.js'
import type { ReasonKind } from './reason-kinds.js'

/** The pattern of a name of a table, column, constraint or database. */
const name = String.raw`[\p{L}_][\p{L}\p{N}_$-]{0,127}`
/** The pattern of a quotation mark, in any language of the servers. */
const mark = '["\'`»«„“]'
/** The pattern of the qualifiers before a name, such as the schema. */
const path = String.raw`(?:${mark}?${name}${mark}?\.)*`
const pattern = (source: string): RegExp => new RegExp(source, 'u')

const firstQuoted = pattern(`${mark}${path}(${name})${mark}`)
const afterColon = pattern(`: ${path}(${name})$`)
const ofColumn = pattern(String.raw`\bfor column ${path}${mark}(${name})${mark} at row \d+$`)

/**
 * The places in messages of drivers where the name stands that a reason is about. Some messages also hold values, so each
 * pattern fixes the words before or after the name.
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

/** The members of PostgreSQL's errors that hold the name, beside the message. */
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

/** The host with its port, or the socket, that the driver tried to connect to. */
function placeIn(error: DriverError): string | undefined {
  const { address, hostname, host, port } = error as Readonly<Record<string, unknown>>
  const at = [address, hostname, host].find((value) => typeof value === 'string')
  if (at === undefined) return undefined
  return typeof port === 'number' ? `${at}:${port}` : String(at)
}

/** The first number that means one thing on MySQL and another on MariaDB. Drivers name it as MySQL does. */
const firstNumberOfTwo = 1900
/** The first number of the connector `mariadb`. */
const firstOfConnector = 45_001

/** The code of the database, the driver or Node.js, under which its meaning can be looked up. */
export function safeCode({ code, errno }: DriverError): string | undefined {
  const number = typeof errno === 'number' && errno > 0 ? errno : undefined
  const isOfTwo = number !== undefined && number >= firstNumberOfTwo && number < firstOfConnector
  if (!isOfTwo && typeof code === 'string' && /^[A-Z0-9][A-Z0-9_]{2,60}$/.test(code)) return code
  return number === undefined ? undefined : String(number)
}

/** The characters that are kept of each end of a long message. A value in the middle may have any length. */
const longestEnd = 400

/** The database's own message. The connector `mariadb` appends the statement with its parameters, which is cut off here. */
function ownMessage(error: DriverError): string {
  const given: unknown = Reflect.get(error, 'sqlMessage') ?? error.message ?? ''
  const message = String(given).replace(/\r?\nsql: [\s\S]*$/, '')
  return message.length > 2 * longestEnd ? `${message.slice(0, longestEnd)}\n${message.slice(-longestEnd)}` : message
}

const longestText = 200

/** The database's message for an unknown failure, without quoted parts and anything else that could be a value. */
export function safeText(error: DriverError): string {
  // The failure was in a function of the application, whose own text the message may be.
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
