import type { RowFilter } from '../backend/session-backend.js'
import { checkId, unhashedRowId } from '../codec/id.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { notStored } from '../errors.js'
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

/** The id of the row of the session `id`: while ids are migrated it may be the id itself. */
export async function locate(
  { repository, options }: Shared,
  id: string,
  rowId: string,
  deadline: Deadline,
): Promise<string> {
  const unhashed = unhashedRowId(id, options.hashIds)
  if (unhashed === undefined || (await repository.findOne(rowId, deadline))) return rowId
  return (await repository.findOne(unhashed, deadline)) ? unhashed : rowId
}

/** The id of the row of a stored session, given as a view or by its id. Throws `SESSION_NOT_STORED` for a view of a new session. */
export async function storedRowOf(shared: Shared, session: object | string): Promise<string> {
  const { repository, options, time } = shared
  if (typeof session === 'string') {
    checkId(session, options.hashIds)
    return locate(shared, session, repository.rowId(session), time.begin())
  }
  const opened = behind(session)
  await opened.load()
  if (opened.isNew) throw notStored()
  return opened.state.currentRowId
}
