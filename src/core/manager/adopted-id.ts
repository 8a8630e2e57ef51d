import type { OldRequest } from '../options/adopt-options.js'
import type { ResolvedOptions } from '../options/options.js'
import { cookieIn } from './cookie-header.js'

/**
 * The id of the row of the session that a request has from the package before, by the option `adopt`; `undefined` if it has
 * none, or if its cookie has no right signature. Ask for it if the request has no cookie of ours.
 *
 * @throws `OPTION_INVALID` if a function of the application returns no text.
 */
export function oldIdOf(request: OldRequest, { adopt }: Pick<ResolvedOptions, 'adopt'>): string | undefined {
  const id = adopt?.idIn(request, (name) => cookieIn(request.headers.cookie, name))
  return id?.startsWith('~') ? undefined : id // such a row is no session
}
