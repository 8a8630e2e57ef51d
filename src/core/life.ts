import type { SessionRow } from './backend.js'
import { SessionError } from './errors.js'
import { Properties } from './properties.js'
import type { Rows } from './rows.js'

/** What a session is until it is ended. Then the request goes on with a new one. */
export interface Life {
  /** The id that the row is stored under, or will be. */
  id: string
  /** The id that the next write gives it. */
  nextId: string | undefined
  row: SessionRow | undefined
  /** Whether the next commit moves the expiry in any case. */
  renew: boolean
  properties: Properties
}

/** The life of the session `id`: stored, with a row; else new. */
export function lifeOf(rows: Rows, id: string, row?: SessionRow): Life {
  return { id, row, nextId: undefined, renew: false, properties: new Properties(rows.schema, row) }
}

/** The error where somebody asks for a session that was ended elsewhere. */
export function gone(): SessionError {
  return new SessionError(
    'SESSION_GONE',
    'The session was ended or has expired since this request began. Let the user log in again.',
  )
}

/** The error for an operation that would wait for the one that it is part of. */
export function nested(): SessionError {
  return new SessionError(
    'UPDATE_NESTED',
    'Inside of update() the session cannot be saved, updated, reloaded or destroyed: it would wait for itself. Do so before or after it.',
  )
}
