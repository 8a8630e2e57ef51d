import type { RowFilter } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { Session } from '../session/session.js'
import { sessionOf } from '../session/session-view.js'
import type { Shared } from '../session/shared.js'
import { invalidOption } from '../validation.js'

/** The session behind a view such as `ctx.session`. Throws `OPTION_INVALID` for any other object. */
export function behind(view: object): Session {
  const session = sessionOf(view)
  if (session) return session
  throw invalidOption('the session', 'none', 'the session of a request, such as ctx.session')
}

/** The id of the row that the session of a view has now: another request may have replaced its id meanwhile. */
export async function rowsOf({ rotatedIds }: Shared, view: object, deadline: Deadline): Promise<string[]> {
  const session = behind(view)
  await session.load()
  const { rowId } = session.state
  const row = await rotatedIds.follow(rowId, deadline)
  return typeof row === 'string' ? [rowId] : [row.id]
}

/** The row that a condition on `id` means now: the session may have got another id since it was listed. */
export async function followedRow(
  { rotatedIds }: Shared,
  { id }: RowFilter,
  deadline: Deadline,
): Promise<StoredRow | undefined> {
  const row = typeof id === 'string' ? await rotatedIds.follow(id, deadline) : 'ended'
  return typeof row === 'string' ? undefined : row
}
