import type { RowFilter } from '../backend/session-backend.js'
import { decrypt, deriveKey, encrypt } from '../codec/cipher.js'
import { SessionError } from '../errors.js'
import type { ResolvedOptions } from '../options/options.js'
import { shown } from '../validation.js'

/**
 * The cursors of lists with one condition. A cursor is a row id, encrypted: with `hashIds: false` a row id opens its session.
 * It is bound to the condition, and to the manager's cookie name, columns and `auditKey`.
 */
export class Cursors {
  readonly #key: Uint8Array
  readonly #boundTo: string

  constructor({ auditKey, key, backend }: ResolvedOptions, where: RowFilter) {
    this.#key = deriveKey(auditKey, undefined, 'cursor')
    const columns = backend.columns.map(({ name }) => name)
    const conditions = Object.entries(where).map(([name, value]) => [name, typeof value, textOf(value)])
    this.#boundTo = JSON.stringify([key, columns.sort(), conditions.sort()])
  }

  /** The cursor of the session with this row. */
  of(rowId: string): string {
    return Buffer.from(encrypt(this.#key, this.#boundTo, rowId), 'base64').toString('base64url')
  }

  /** The row id in a cursor. Throws `CURSOR_INVALID` if {@link of} did not make it for this condition. */
  rowIdIn(cursor: unknown): string {
    if (typeof cursor !== 'string') throw invalidCursor(shown(cursor))
    const bytes = Buffer.from(cursor, 'base64url')
    try {
      if (bytes.toString('base64url') !== cursor) throw new TypeError('The cursor is not base64url.')
      return decrypt(this.#key, this.#boundTo, bytes.toString('base64')).toString('utf8')
    } catch (cause) {
      throw invalidCursor('none that this manager has given for this condition', cause)
    }
  }
}

function textOf(value: RowFilter[string]): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

function invalidCursor(is: string, cause?: unknown): SessionError {
  return new SessionError(
    'CURSOR_INVALID',
    `The option after is ${is}. Give the \`cursor\` of a session that list() or iterate() has found by the same condition, ` +
      'or null to begin at the first session. Other processes, and this one after a restart, take a cursor only if the option auditKey is set.',
    { cause },
  )
}
