import { type RegisteredModel, SessionManager, type SessionPolicy } from 'koa-session-model'
import { afterEach } from 'mocha'
import type { Session } from '../../../src/core/session/session.js'
import { openSession } from '../../support/open-session.js'

const opened: SessionManager[] = []
afterEach(() => {
  for (const manager of opened.splice(0)) manager.close()
})

/** A manager that runs no clean-up by itself. It is closed after the test. */
export function managerOf<Columns extends object>(
  model: RegisteredModel<Columns>,
  policy: SessionPolicy = {},
): SessionManager<Columns> {
  const manager = new SessionManager({ model, cleanup: false, ...policy })
  opened.push(manager as SessionManager)
  return manager
}

/** The session of a request, as the middleware opens it. */
export function sessionOf<Columns extends object>(manager: SessionManager<Columns>, id?: string): Promise<Session> {
  return openSession(manager, id)
}
