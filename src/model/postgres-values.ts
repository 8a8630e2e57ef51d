import {
  clockText,
  keptDigits,
  localMilliseconds,
  offsetMilliseconds,
  parseClock,
  roundedTo,
  timeText,
} from './clock-text.js'
import type { ColumnType } from './column-type.js'
import { decimalText, singleText, wholeText } from './decimals.js'
import { intervalText } from './postgres-intervals.js'
import type { Constant } from './sql-default.js'

/** Returns the driver's parser for the type with this number (OID); `undefined` stands for types without a fixed number. */
export type ParserOf = (oid: number | undefined) => (text: string) => unknown

/** The numbers (OIDs) of each type and of its array type. */
const oids: Readonly<Record<string, readonly [number, number]>> = {
  bool: [16, 1000],
  bytea: [17, 1001],
  int8: [20, 1016],
  int2: [21, 1005],
  int4: [23, 1007],
  text: [25, 1009],
  json: [114, 199],
  xml: [142, 143],
  point: [600, 1017],
  float4: [700, 1021],
  float8: [701, 1022],
  macaddr: [829, 1040],
  cidr: [650, 651],
  inet: [869, 1041],
  bpchar: [1042, 1014],
  varchar: [1043, 1015],
  date: [1082, 1182],
  time: [1083, 1183],
  timestamp: [1114, 1115],
  timestamptz: [1184, 1185],
  interval: [1186, 1187],
  bit: [1560, 1561],
  varbit: [1562, 1563],
  numeric: [1700, 1231],
  uuid: [2950, 2951],
  jsonb: [3802, 3807],
}

const names: Readonly<Record<string, string>> = {
  int: 'int4',
  integer: 'int4',
  smallint: 'int2',
  bigint: 'int8',
  decimal: 'numeric',
  real: 'float4',
  float: 'float8',
  'double precision': 'float8',
  boolean: 'bool',
  'character varying': 'varchar',
  string: 'varchar',
  char: 'bpchar',
  character: 'bpchar',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  'time without time zone': 'time',
  'bit varying': 'varbit',
}

/** The type by PostgreSQL's own name for it. */
export function postgresType(type: ColumnType): ColumnType {
  const name = type.name.toLowerCase()
  return { ...type, name: names[name] ?? name }
}

/** The value that the driver returns for a column of this type whose default is the constant; `undefined` if it is not known. */
export function postgresValue(type: ColumnType, constant: Constant, parserOf: ParserOf): unknown {
  if (constant === null) return null
  const text = type.isArray ? arrayText(type, constant) : postgresText(type, constant)
  return text === undefined ? undefined : parserOf(oids[type.name]?.[type.isArray ? 1 : 0])(text)
}

/** The text that the database sends for a value that was written as this constant. */
export function postgresText(type: ColumnType, constant: Constant): string | undefined {
  const write = Object.hasOwn(writers, type.name) ? writers[type.name] : undefined
  if (constant instanceof Date) return write?.(momentText(constant, type.name), type)
  if (constant instanceof Uint8Array)
    return type.name === 'bytea' ? `\\x${Buffer.from(constant).toString('hex')}` : undefined
  return constant === null || typeof constant === 'object' ? undefined : write?.(String(constant), type)
}

function momentText(date: Date, type: string): string {
  if (type === 'timestamptz') return date.toISOString()
  const local = new Date(localMilliseconds(date)).toISOString()
  if (type === 'date') return local.slice(0, 10)
  return type === 'time' ? local.slice(11, 23) : local
}

type Write = (text: string, type: ColumnType) => string | undefined

const asIs: Write = (text) => text
const matching =
  (pattern: RegExp): Write =>
  (text) =>
    pattern.test(text) ? text : undefined
const double: Write = (text) => (decimalText(text, undefined) === undefined ? undefined : String(Number(text)))

const writers: Readonly<Record<string, Write>> = {
  int2: wholeText,
  int4: wholeText,
  int8: wholeText,
  numeric: (text, { precision, scale }) => decimalText(text, scale ?? (precision === undefined ? undefined : 0)),
  float4: (text) => double(text, float8) && singleText(Number(text)),
  float8: double,
  bool: (text) => {
    if (/^(t|true|y|yes|on|1)$/i.test(text)) return 't'
    return /^(f|false|n|no|off|0)$/i.test(text) ? 'f' : undefined
  },
  text: asIs,
  varchar: asIs,
  citext: asIs,
  enum: asIs,
  xml: asIs,
  bpchar: (text, { length = 1 }) => text + ' '.repeat(Math.max(0, length - Array.from(text).length)),
  uuid: (text) => matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)(text.toLowerCase(), uuid),
  json: json,
  jsonb: json,
  date: matching(/^\d{4}-\d\d-\d\d$/),
  time: (text, { precision }) => shortened(timeText(text, keptDigits(precision, 6))),
  timestamp: (text, { precision }) => {
    const clock = parseClock(text)
    return clock && shortened(clockText(roundedTo(clock.milliseconds, precision ?? 6), 3))
  },
  timestamptz: (text, { precision }) => {
    const clock = parseClock(text)
    if (!clock?.offset) return undefined // its time zone would be that of the connection
    const moment = roundedTo(clock.milliseconds - offsetMilliseconds(clock.offset), precision ?? 6)
    return `${shortened(clockText(moment, 3))}+00`
  },
  interval: intervalText,
  bytea: (text) => {
    if (text.startsWith('\\x')) return /^\\x([0-9a-f]{2})*$/i.test(text) ? text.toLowerCase() : undefined
    return text.includes('\\') ? undefined : `\\x${Buffer.from(text).toString('hex')}`
  },
  inet: (text) => matching(/^\d+(\.\d+){3}(\/\d+)?$/)(text.replace(/\/32$/, ''), bit),
  cidr: matching(/^\d+(\.\d+){3}\/\d+$/),
  macaddr: (text) => matching(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/)(text.toLowerCase(), bit),
  point: (text) => {
    const [, x, y] = /^\s*\(?\s*([^,()\s]+)\s*,\s*([^,()\s]+)\s*\)?\s*$/.exec(text) ?? []
    const [first, second] = [x, y].map((part) => part && double(part, float8))
    return first && second && `(${first},${second})`
  },
  bit: (text, { length = 1 }) => (/^[01]*$/.test(text) && text.length === length ? text : undefined),
  varbit: matching(/^[01]*$/),
  ltree: matching(/^\w+(\.\w+)*$/),
  vector: vector,
  halfvec: vector,
  hstore: matching(/^("[^"\\]*"=>"[^"\\]*")?$/),
}

const float8: ColumnType = { name: 'float8' }
const uuid: ColumnType = { name: 'uuid' }
const bit: ColumnType = { name: 'bit' }

/** The text as JSON, if JavaScript holds its value exactly. */
function json(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(JSON.parse(JSON.stringify(value))) === JSON.stringify(value) ? text : undefined
  } catch {
    return undefined
  }
}

function vector(text: string): string | undefined {
  return /^\[-?\d+(\.\d+)?(,-?\d+(\.\d+)?)*\]$/.test(text) ? text : undefined
}

/** The number without zeros at the end of its fraction. */
function shortened<Text extends string | undefined>(text: Text): Text {
  return text?.replace(/\.?0+$/, (zeros) => (text.includes('.') ? '' : zeros)) as Text
}

/** The text of an array, from its items or from the text of a one-dimensional array. */
function arrayText(type: ColumnType, constant: Constant): string | undefined {
  const items = Array.isArray(constant) ? constant : typeof constant === 'string' ? itemsOf(constant) : undefined
  const texts = items?.map((item: Constant) => (item === null ? 'NULL' : postgresText(type, item)))
  if (!items || texts?.includes(undefined)) return undefined
  return `{${texts?.map((text, at) => (items[at] === null ? 'NULL' : quoted(text as string))).join(',')}}`
}

function quoted(text: string): string {
  return text === '' || /[{}",\\\s]|^null$/i.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}

function itemsOf(text: string): (string | null)[] | undefined {
  const content = /^\{((?:"(?:[^"\\]|\\.)*"|[^{}"\\])*)\}$/s.exec(text.trim())?.[1]
  if (content === undefined) return undefined
  if (content.trim() === '') return []
  const items = content.match(/"(?:[^"\\]|\\.)*"|[^,"]+/gs) ?? []
  return items.map((item) => {
    if (item.startsWith('"')) return item.slice(1, -1).replace(/\\(.)/gs, '$1')
    return /^\s*null\s*$/i.test(item) ? null : item.trim()
  })
}
