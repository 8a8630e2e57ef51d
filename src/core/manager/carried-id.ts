import { isWellFormedId } from '../codec/id.js'
import { SessionError } from '../errors.js'
import type { ResolvedOptions } from '../options/options.js'
import type { Transport, TransportOption, TransportRequest } from '../options/transport.js'
import { invalidOption } from '../validation.js'
import type { RequestWithCookie } from './manager-types.js'
import { cookieOf } from './request-cookie.js'

/** What a request carries of an id. */
export interface Carried {
  /** What the first transport of the list found, which may be no id; `undefined` if none found anything. */
  readonly value: string | undefined
  /** The transports that found this value. Those that found something else, which is no id, are told nothing. */
  readonly by: readonly TransportOption[]
  /** Whether only the cookie found something. */
  readonly isByCookieOnly: boolean
}

/**
 * What a request carries by these transports. `readCookie` returns the value of the session cookie.
 *
 * @throws `TRANSPORT_CONFLICT` if two of them carry different ids; `OPTION_INVALID` for a transport that returns no text.
 */
export function carriedBy(
  transports: readonly TransportOption[],
  request: TransportRequest,
  readCookie: () => string | undefined,
): Carried {
  let value: string | undefined
  let id: string | undefined
  let isByCookieOnly = true
  const by: TransportOption[] = []
  for (const transport of transports) {
    const found = transport === 'cookie' ? readCookie() : textIn(transport, request)
    if (!found) continue
    value ??= found
    if (found === value) by.push(transport)
    if (transport !== 'cookie') isByCookieOnly = false
    if (!isWellFormedId(found)) continue
    if (id !== undefined && id !== found) throw differentIds()
    id = found
  }
  return { value, by, isByCookieOnly }
}

/** The value that a bare request carries for an id. Throws like {@link carriedBy}. */
export function carriedValue(
  request: RequestWithCookie,
  options: Pick<ResolvedOptions, 'key' | 'cookie' | 'transport'>,
  secure?: boolean,
): string | undefined {
  return carriedBy(options.transport, request, () => cookieOf(request, options, secure)).value
}

function textIn(transport: Transport, request: TransportRequest): string | undefined {
  const found: unknown = transport.read(request)
  if (found === undefined || typeof found === 'string') return found
  if (Array.isArray(found)) return found.join(', ')
  throw invalidOption(
    'transport',
    `one whose read() returned ${found === null ? 'null' : `a value of type ${typeof found}`}`,
    'one that returns the id at once, or undefined',
  )
}

function differentIds(): SessionError {
  return new SessionError(
    'TRANSPORT_CONFLICT',
    'The request carries two different session ids, such as one in the header Authorization and one in a cookie. Send only one of them.',
  )
}
