import { type RegisteredModel, SessionManager, type SessionPolicy } from 'koa-session-model'
import { afterEach } from 'mocha'

const opened: SessionManager[] = []
afterEach(() => {
  for (const manager of opened.splice(0)) manager.close()
})

/** A manager without a clean-up timer. It is closed after the test. */
export function managerOf<Columns extends object>(
  model: RegisteredModel<Columns>,
  options: SessionPolicy = {},
): SessionManager<Columns> {
  const manager = new SessionManager({ cleanup: false, ...options, model })
  opened.push(manager as SessionManager)
  return manager
}
