import { SessionError } from '../core/errors.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import * as kinds from '../core/options/kinds.js'
import { invalidOption, shown } from '../core/validation.js'

/** Throws `OPTION_INVALID` for a value that is no manager, and for a manager whose app reads no cookie. */
export function assertManager(call: string, manager: unknown): void {
  const kind = kinds.kindOf(manager)
  if (kind === kinds.manager) return void assertCookie(call, manager as SessionManager)
  throw new SessionError(
    'OPTION_INVALID',
    `${call}() takes a SessionManager, and got ${kind ?? shown(manager)}. Make one by new SessionManager(options), and pass it both to ` +
      `session() in the app and to ${call}() in the test.`,
  )
}

function assertCookie(call: string, { options: { transport } }: SessionManager): void {
  if (transport.includes('cookie')) return
  throw invalidOption(
    'transport',
    'one without the cookie',
    `a list with cookie() for ${call}(). Without it use the id of manager.create() and manager.get(id)`,
  )
}
