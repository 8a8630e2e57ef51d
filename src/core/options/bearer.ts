import { check, isFunction } from '../validation.js'
import type { RequestHeader, Transport, TransportRequest } from './transport.js'
import { assertKnown } from './unknown-options.js'

/** The options of {@link bearer}. */
export interface BearerOptions {
  /**
   * The response header that has the id of a new session, and the new id after `regenerate()`. Without it no header has the
   * id: hand out `ctx.session.id` in the body, after `await ctx.session.save()`.
   */
  readonly header?: string
  /** Whether the new session of a request that carries no id belongs to this transport, if there are several. By default it does not. */
  readonly answers?: (request: TransportRequest) => boolean
}

/**
 * Makes the transport for API clients: the id comes in the header `Authorization: Bearer <id>`. Other schemes, such as
 * `Basic`, are ignored. The scheme is compared without case.
 *
 * @throws `OPTION_UNKNOWN` or `OPTION_INVALID`.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 *
 * @example
 * ```ts
 * import { bearer, MemorySessionBackend, session } from 'koa-session-model'
 *
 * session({ backend: new MemorySessionBackend(), transport: bearer({ header: 'X-Session-Id' }) })
 * ```
 */
export function bearer(options: BearerOptions = {}): Transport {
  return new Bearer(options)
}

/** Whether both transports read the same place of a request. */
export function isSameTransport(one: unknown, other: unknown): boolean {
  return one === other || (one instanceof Bearer && other instanceof Bearer)
}

const isOurScheme = /^bearer(?:[ \t]|$)/i
/** RFC 6750: `"Bearer" 1*SP b64token`. */
const credentials = /^bearer +([\w.~+/-]+=*)$/i

class Bearer implements Transport {
  readonly vary = Object.freeze(['Authorization'])
  declare readonly answers?: NonNullable<Transport['answers']>
  declare readonly write?: NonNullable<Transport['write']>

  constructor(options: BearerOptions) {
    assertKnown('bearer()', options, ['header', 'answers'] satisfies (keyof BearerOptions)[])
    const { header, answers } = options
    if (header !== undefined) {
      check('header of bearer()', header, isFreeHeader, takes)
      this.write = (_, change) => (change.type === 'issue' ? { [header]: change.id } : undefined)
    }
    if (answers !== undefined) {
      check('answers of bearer()', answers, isFunction<typeof answers>, 'a function (request) => boolean')
      this.answers = answers
    }
  }

  /** The token; the whole header, which is no id, if it has our scheme and no token by RFC 6750. */
  read({ headers: { authorization } }: TransportRequest): RequestHeader {
    const value = String(authorization ?? '')
    return isOurScheme.test(value) ? (credentials.exec(value)?.[1] ?? value) : undefined
  }
}

/** Headers with a meaning of their own, which an id must not replace, in lower case. */
const taken = /^(?:set-cookie|cache-control|vary|clear-site-data|location|authorization|www-authenticate|content-.*)$/i

/** Whether a response header of this name can be set to a value of the application. */
function isFreeHeader(name: unknown): name is string {
  return isHeaderName(name) && !taken.test(name)
}

/** Whether the value can be the name of a header. */
export function isHeaderName(name: unknown): name is string {
  return typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name)
}

const takes = "the name of a response header that has no other meaning, such as 'X-Session-Id'"
