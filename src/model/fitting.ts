import { SessionError } from '../core/errors.js'
import { asciiJson, fits } from './charsets.js'
import type { RoleColumn } from './column-traits.js'

/** The data as its column can hold it: JSON fits into every character set, with escapes. `narrow` has the narrow columns. */
export function fitting(data: string, { property, traits }: RoleColumn, narrow: ReadonlyMap<string, string>): string {
  const charset = narrow.get(property)
  if (charset === undefined || fits(data, charset)) return data
  const text = asciiJson(data)
  if (text === undefined) throw unfit(property, charset)
  if (traits.bytes !== null && text.length > traits.bytes) throw tooLarge(text.length, `${traits.bytes} bytes`)
  return text
}

/** Throws `DATA_NOT_SERIALIZABLE` for text that the database would refuse, or store with question marks in it. */
export function refuseUnfit(property: string, value: unknown, charset: string): void {
  const text = typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value)
  if (!fits(text, charset)) throw unfit(property, charset)
}

function unfit(property: string, charset: string): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    `The column '${property}' has the character set ${charset}, which cannot hold a character of its new value. Convert it to utf8mb4.`,
  )
}

/** Throws `DATA_TOO_LARGE` for more characters than the column holds: the core knows only its bytes. */
export function refuseTooLong(data: string, { characters }: RoleColumn['traits']): void {
  if (characters === null || data.length <= characters) return
  const { length } = Array.from(data)
  if (length <= characters) return
  throw tooLarge(length, `${characters} characters`)
}

function tooLarge(length: number, capacity: string): SessionError {
  return new SessionError(
    'DATA_TOO_LARGE',
    `The session's data has ${length} characters, and its column holds ${capacity}. Store less in the session, or widen the column.`,
  )
}
