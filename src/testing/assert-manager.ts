import { SessionError } from '../core/errors.js'
import * as kinds from '../core/options/kinds.js'
import { shown } from '../core/validation.js'

/** Throws `OPTION_INVALID` for a value that is no manager, such as the middleware or its options. */
export function assertManager(call: string, manager: unknown): void {
  const kind = kinds.kindOf(manager)
  if (kind === kinds.manager) return
  throw new SessionError(
    'OPTION_INVALID',
    `${call}() takes a SessionManager, and got ${kind ?? shown(manager)}. Make one by new SessionManager(options), and pass it both to ` +
      `session() in the app and to ${call}() in the test.`,
  )
}
