/** A constant that a column can have as its default, before the database has converted it. */
export type Constant = string | number | bigint | boolean | Date | Uint8Array | null | readonly Constant[]

/** The meaning of an SQL default, as far as it is known without asking the database. */
export type SqlDefault =
  | { readonly constant: Constant; readonly cast?: string }
  /** A value that is generated at the insert: the moment, its date or time of day, or a UUID. */
  | { readonly generates: 'now' | 'date' | 'time' | 'uuid' }

/** The differences between databases in the SQL of a default. */
export interface SqlDialect {
  /** Whether a backslash in a text begins an escape, as on MySQL and MariaDB. */
  readonly backslashes: boolean
}

const moments = /^(now|current_timestamp|localtimestamp|(clock|statement|transaction)_timestamp|sysdate)( ?\(\d*\))?$/
const sqliteMoment = /^(datetime\( ?'now' ?\)|strftime\( ?'%y-%m-%d %h:%m:%[sf]' ?, ?'now' ?\))$/
const days = /^(current_date|curdate)( ?\( ?\))?$/
const times = /^(current_time|localtime|curtime)( ?\(\d*\))?$/
const uuids = /^(gen_random_uuid|uuid_generate_v[14]|uuidv[47]|uuid)\( ?\)$/
const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/
const emptyJson: Readonly<Record<string, string>> = {
  'json_object()': '{}',
  'json_array()': '[]',
  'jsonb_build_object()': '{}',
  'jsonb_build_array()': '[]',
  'json_build_object()': '{}',
  'json_build_array()': '[]',
}

/** Parses the SQL of a default: a literal with an optional cast, or a known generator. Returns `undefined` for anything else. */
export function sqlDefault(expression: string, dialect: SqlDialect): SqlDefault | undefined {
  const sql = withoutBrackets(expression.trim())
  const text = textOf(sql, dialect)
  if (text !== undefined) return { constant: text }
  const cast = /^(.*\S)\s*::\s*([^:()']+(?:\(\s*\d+\s*(?:,\s*\d+\s*)?\))?[^:()']*)$/s.exec(sql)
  if (cast) return castOf(cast[1] as string, cast[2] as string, dialect)
  const array = /^array\s*\[(.*)\]$/is.exec(sql)
  if (array) return arrayOf(array[1] as string, dialect)
  return wordOf(sql.toLowerCase().replace(/\s+/g, ' '))
}

function wordOf(word: string): SqlDefault | undefined {
  if (numeral.test(word)) return { constant: word }
  if (word === 'null') return { constant: null }
  if (word === 'true' || word === 'false') return { constant: word === 'true' }
  const json = emptyJson[word.replaceAll(' ', '')]
  if (json !== undefined) return { constant: json }
  if (moments.test(word) || sqliteMoment.test(word)) return { generates: 'now' }
  if (days.test(word)) return { generates: 'date' }
  if (times.test(word)) return { generates: 'time' }
  return uuids.test(word) ? { generates: 'uuid' } : undefined
}

/** Parses a default with a cast. A generator may become another one: `now()::date`. */
function castOf(sql: string, type: string, dialect: SqlDialect): SqlDefault | undefined {
  const inner = sqlDefault(sql, dialect)
  if (!inner || 'generates' in inner || inner.cast !== undefined) return undefined
  return { constant: inner.constant, cast: type.trim() }
}

function arrayOf(sql: string, dialect: SqlDialect): SqlDefault | undefined {
  if (sql.trim() === '') return { constant: [] }
  const items = sql.match(/'(?:[^']|'')*'|[^',]+/g) ?? []
  const constants = items.map((item) => sqlDefault(item, dialect))
  const isKnown = constants.every((item) => item !== undefined && 'constant' in item && item.cast === undefined)
  return isKnown ? { constant: constants.map((item) => (item as { constant: Constant }).constant) } : undefined
}

/** Parses a literal of a text or of bytes. */
function textOf(sql: string, { backslashes }: SqlDialect): string | Uint8Array | undefined {
  const quoted = /^(e|n|x|b|_utf8mb4\s*)?'((?:[^'\\]|''|\\.)*|(?:[^']|'')*)'$/is.exec(sql)
  if (!quoted) return undefined
  const [, prefix = '', content = ''] = quoted
  if (/^x$/i.test(prefix)) return bytesOf(content, 16)
  if (/^b$/i.test(prefix)) return backslashes ? bytesOf(content, 2) : content
  const isEscaped = backslashes || /^e$/i.test(prefix)
  if (!isEscaped) return /(^|[^'])(?:'')*'(?!')/.test(content) ? undefined : content.replaceAll("''", "'")
  return content.replace(/''|\\(.)/gs, (_, escaped?: string) => (escaped === undefined ? "'" : unescaped(escaped)))
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', 0: '\0', Z: '\x1a' }

function unescaped(character: string): string {
  return escapes[character] ?? character
}

function bytesOf(digits: string, base: 2 | 16): Uint8Array {
  const hex = base === 16 ? digits : BigInt(`0b${digits || '0'}`).toString(16)
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')
}

/** The SQL without brackets around all of it. */
function withoutBrackets(sql: string): string {
  if (!sql.startsWith('(') || !sql.endsWith(')') || !closesAtEnd(sql)) return sql
  return withoutBrackets(sql.slice(1, -1).trim())
}

/** Whether the bracket that begins the text is closed by its last character. */
function closesAtEnd(sql: string): boolean {
  let depth = 0
  let isText = false
  for (const [at, character] of Array.from(sql).entries()) {
    if (character === "'") isText = !isText
    else if (!isText && character === '(') depth++
    else if (!isText && character === ')' && --depth === 0) return at === Array.from(sql).length - 1
  }
  return false
}
