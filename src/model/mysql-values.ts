import { clockText, localMilliseconds, offsetMilliseconds, parseClock, roundedTo, timeText } from './clock-text.js'
import type { ColumnType } from './column-type.js'
import { decimalText, wholeText } from './decimals.js'
import type { Constant } from './sql-default.js'

/** A value as MySQL and MariaDB send it, with the type name that the drivers use. */
export interface MysqlField {
  readonly type: string
  readonly content: string | Buffer
}

type Write = (constant: Exclude<Constant, null>, type: ColumnType) => string | Buffer | undefined

/** The options of the drivers that decide how a connection returns values. */
export interface MysqlConfig {
  readonly timezone?: string | undefined
  readonly dateStrings?: unknown
  readonly supportBigNumbers?: boolean | undefined
  readonly bigNumberStrings?: boolean | undefined
  readonly decimalNumbers?: boolean | undefined
}

/** The value that the database sends for a column of this type whose default is the constant; `undefined` if it is not known. */
export function mysqlField(
  type: ColumnType,
  constant: Exclude<Constant, null>,
  { timezone }: MysqlConfig = {},
): MysqlField | undefined {
  const name = mysqlName(type.name)
  const [kind, write] = (Object.hasOwn(kinds, name) ? kinds[name] : undefined) ?? []
  const content = write?.(constant instanceof Date ? zoned(constant, timezone) : constant, type)
  return kind === undefined || content === undefined ? undefined : { type: kind, content }
}

/** The value that mysql2 makes of a field. */
export function mysqlValue({ type, content }: MysqlField, config: MysqlConfig): unknown {
  if (typeof content !== 'string') return content
  switch (type) {
    case 'LONGLONG':
      if (!config.supportBigNumbers) return Number(content)
      return config.bigNumberStrings || !Number.isSafeInteger(Number(content)) ? content : Number(content)
    case 'NEWDECIMAL':
      return config.decimalNumbers ? Number(content) : content
    case 'JSON':
      return JSON.parse(content)
    case 'DATE':
    case 'DATETIME':
    case 'TIMESTAMP':
      return isText(type, config) ? content : momentOf(content, config.timezone)
    default:
      return numbers.has(type) ? Number(content) : content
  }
}

const numbers: ReadonlySet<string> = new Set(['TINY', 'SHORT', 'INT24', 'LONG', 'YEAR', 'FLOAT', 'DOUBLE'])

function isText(type: string, { dateStrings }: MysqlConfig): boolean {
  return Array.isArray(dateStrings) ? dateStrings.includes(type) : dateStrings === true
}

function momentOf(content: string, timezone = 'local'): Date {
  const iso = content.length === 10 ? `${content}T00:00:00` : content.replace(' ', 'T')
  return new Date(timezone === 'local' ? iso : `${iso}${timezone}`)
}

/** The date that the driver reads back: the time in the connection's zone, taken as local time. */
function zoned(date: Date, timezone = 'local'): Date {
  if (timezone === 'local') return date
  const milliseconds = date.getTime() + offsetMilliseconds(timezone)
  return new Date(milliseconds + new Date(milliseconds).getTimezoneOffset() * 60_000)
}

const names: Readonly<Record<string, string>> = {
  integer: 'int',
  bool: 'tinyint',
  boolean: 'tinyint',
  dec: 'decimal',
  numeric: 'decimal',
  fixed: 'decimal',
  real: 'double',
  'double precision': 'double',
  nvarchar: 'varchar',
  'national varchar': 'varchar',
  nchar: 'char',
  'national char': 'char',
}

/** The name that the database itself has for the type. */
export function mysqlName(name: string): string {
  const small = name.toLowerCase()
  return names[small] ?? small
}

const textual =
  (write: (text: string, type: ColumnType) => string | undefined): Write =>
  (constant, type) => {
    if (constant instanceof Date || constant instanceof Uint8Array || typeof constant === 'object') return undefined
    return write(typeof constant === 'boolean' ? String(Number(constant)) : String(constant), type)
  }

const whole = textual(wholeText)
const asIs = textual((text) => text)
const bytes: Write = (constant, { name, length = 1 }) => {
  if (Array.isArray(constant) || constant instanceof Date) return undefined
  const content = constant instanceof Uint8Array ? Buffer.from(constant) : Buffer.from(String(constant))
  const isFixed = name === 'binary' && content.length < length
  return isFixed ? Buffer.concat([content, Buffer.alloc(length - content.length)]) : content
}

/** A number with the column's digits after the point, or as it is. */
const double = textual((text, { scale }) => {
  const rounded = decimalText(text, scale)
  return rounded === undefined ? undefined : String(Number(scale === undefined ? text : rounded))
})

const moment: Write = (constant, { precision = 0 }) => {
  if (constant instanceof Date) return clockText(roundedTo(localMilliseconds(constant), precision), precision)
  const clock = typeof constant === 'string' ? parseClock(constant) : undefined
  if (!clock || clock.offset) return undefined
  return clockText(roundedTo(clock.milliseconds, precision), Math.min(precision, 3))
}

const kinds: Readonly<Record<string, readonly [type: string, write: Write]>> = {
  tinyint: ['TINY', whole],
  smallint: ['SHORT', whole],
  mediumint: ['INT24', whole],
  int: ['LONG', whole],
  bigint: ['LONGLONG', whole],
  year: ['YEAR', whole],
  decimal: ['NEWDECIMAL', textual((text, { scale }) => decimalText(text, scale ?? 0))],
  float: ['FLOAT', textual((text, { scale }) => sixDigits(decimalText(text, scale)))],
  double: ['DOUBLE', double],
  char: ['STRING', textual((text) => text.replace(/ +$/, ''))],
  varchar: ['VAR_STRING', asIs],
  uuid: ['STRING', textual((text) => text.toLowerCase())],
  inet4: ['STRING', textual((text) => text.toLowerCase())],
  inet6: ['STRING', textual((text) => text.toLowerCase())],
  tinytext: ['BLOB', asIs],
  text: ['BLOB', asIs],
  mediumtext: ['BLOB', asIs],
  longtext: ['BLOB', asIs],
  json: ['JSON', asIs],
  enum: ['STRING', asIs],
  set: ['STRING', textual((text, { values }) => values?.filter((value) => text.split(',').includes(value)).join())],
  date: ['DATE', textual((text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? text : undefined))],
  time: ['TIME', textual((text, { precision = 0 }) => timeText(text, precision))],
  datetime: ['DATETIME', moment],
  timestamp: ['TIMESTAMP', moment],
  binary: ['STRING', bytes],
  varbinary: ['VAR_STRING', bytes],
  tinyblob: ['BLOB', bytes],
  blob: ['BLOB', bytes],
  mediumblob: ['BLOB', bytes],
  longblob: ['BLOB', bytes],
  bit: ['BIT', bits],
}

/** A 32-bit floating-point number, as MySQL shows it: with six digits. */
function sixDigits(text: string | undefined): string | undefined {
  return text && String(Number(Number(text).toPrecision(6)))
}

function bits(constant: Exclude<Constant, null>, { length = 1 }: ColumnType): Buffer | undefined {
  const size = Math.ceil(length / 8)
  const content = constant instanceof Uint8Array ? Buffer.from(constant) : undefined
  if (!content || content.length > size) return undefined
  return Buffer.concat([Buffer.alloc(size - content.length), content])
}
