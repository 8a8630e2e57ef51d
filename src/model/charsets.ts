import { SessionError } from '../core/errors.js'

/** Character sets of MySQL and MariaDB that hold every character, and `binary`, which holds bytes. */
const complete: ReadonlySet<string> = new Set(['utf8mb4', 'utf16', 'utf16le', 'utf32', 'gb18030', 'binary'])

/** The character set that a column or connection is declared with, in lower case; `undefined` where none is known. */
export function charsetOf(charset: unknown, collation?: unknown): string | undefined {
  const name = [charset, collation].find((value) => typeof value === 'string' && value !== '')
  const first = typeof name === 'string' ? name.toLowerCase().split('_')[0] : undefined
  return first?.startsWith('uca') ? undefined : first // MariaDB has collations for several character sets
}

/** Whether the character set cannot hold every text: `utf8mb3` has no emoji, `latin1` has no Polish names. */
export function isNarrow(charset: string | undefined): charset is string {
  return charset !== undefined && !complete.has(charset)
}

/** Throws `COLUMN_TYPE` for a column whose character set cannot hold every text. */
export function assertWide(property: string, charset: string | undefined): void {
  if (!isNarrow(charset)) return
  throw new SessionError(
    'COLUMN_TYPE',
    `The column '${property}' has the character set ${charset}, which cannot hold every text. Use utf8mb4.`,
  )
}

/** Throws `OPTION_INVALID` for a connection whose character set cannot carry every text. */
export function assertWideConnection(charset: unknown): void {
  const name = charsetOf(charset)
  if (!isNarrow(name)) return
  throw new SessionError(
    'OPTION_INVALID',
    `The connection to the database has the charset '${name}', which cannot carry every text. Use 'utf8mb4', or leave the option out.`,
  )
}

/** Whether the text fits into the character set. For rare character sets only ASCII is known to fit. */
export function fits(text: string, charset: string): boolean {
  return !(beyond[charset] ?? nonAscii).test(text)
}

const nonAscii = /[^\0-\x7f]/
const beyondBasicPlane = /[\u{10000}-\u{10ffff}]/u

const beyond: Readonly<Record<string, RegExp>> = {
  utf8: beyondBasicPlane,
  utf8mb3: beyondBasicPlane,
  ucs2: beyondBasicPlane,
  latin1: /[^\0-\xff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/u, // as Windows-1252 has it
}

/** The JSON with every non-ASCII character escaped, which has the same meaning; `undefined` if the text is not JSON. */
export function asciiJson(text: string): string | undefined {
  try {
    JSON.parse(text)
  } catch {
    return undefined
  }
  return text.replace(/[\x80-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
