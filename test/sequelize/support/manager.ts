import { type RegisteredModel, type Session, SessionManager, type SessionPolicy } from 'koa-session-model'

/** A manager that runs no clean-up by itself. */
export function managerOf<Columns extends object>(
  model: RegisteredModel<Columns>,
  policy: SessionPolicy = {},
): SessionManager<Columns> {
  return new SessionManager({ model, cleanup: false, ...policy })
}

/** The session of a request, as the middleware opens it. */
export function sessionOf<Columns extends object>(manager: SessionManager<Columns>, id?: string): Promise<Session> {
  return manager.open(id)
}
