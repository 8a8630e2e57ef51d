import { SessionError } from '../core/errors.js'
import { asciiJson, fits } from './charsets.js'
import type { RoleColumn } from './column-traits.js'
import type { KnownColumn } from './known-columns.js'

/**
 * The data in a form that its column can hold. JSON fits into every character set, with escapes.
 * @throws `DATA_TOO_LARGE` for limits that the core does not check: those in characters, and those of an existing table.
 */
export function fitting(data: string, { property, traits }: RoleColumn, known: KnownColumn | undefined): string {
  const text = known?.charset === undefined ? data : withEscapes(data, property, known.charset)
  assertFits(text, traits.characters)
  if (!known) return text
  assertFits(text, known.characters)
  const { bytes } = known
  if (bytes === null || text.length * 3 <= bytes) return text
  const size = Buffer.byteLength(text)
  if (size > bytes) throw tooLarge(`${size} bytes`, `${bytes} bytes`)
  return text
}

function withEscapes(data: string, property: string, charset: string): string {
  const text = fits(data, charset) ? data : asciiJson(data)
  if (text === undefined) throw unfit(property, charset)
  return text
}

/** Throws `DATA_NOT_SERIALIZABLE` for text that the database would refuse, or store with question marks. */
export function assertStorable(property: string, value: unknown, charset: string): void {
  const text = typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value)
  if (!fits(text, charset)) throw unfit(property, charset)
}

function unfit(property: string, charset: string): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    `The column '${property}' has the character set ${charset}, which cannot hold a character of its new value. Convert it to utf8mb4.`,
  )
}

function assertFits(data: string, characters: number | null): void {
  if (characters === null || data.length <= characters) return
  const { length } = Array.from(data)
  if (length > characters) throw tooLarge(`${length} characters`, `${characters} characters`)
}

function tooLarge(size: string, capacity: string): SessionError {
  return new SessionError(
    'DATA_TOO_LARGE',
    `The session's data has ${size}, and its column holds ${capacity}. Store less in the session, or widen the column.`,
  )
}
