import type { SessionError } from '../errors.js'
import { invalidOption, isFunction, isObject, shown } from '../validation.js'
import { bearer, isHeaderName, isSameTransport } from './bearer.js'
import type { Transport, TransportOption } from './transport.js'

/** The session cookie, for a list of transports such as `[bearer(), cookie()]`. */
export function cookie(): 'cookie' {
  return 'cookie'
}

type Given = TransportOption | readonly TransportOption[]

/** Checks the option `transport`, and makes a frozen list of it. An error says what it `takes`. */
export function resolveTransport(given: Given, takes: string): readonly TransportOption[] {
  const list: readonly unknown[] = Array.isArray(given) ? [...given] : [given]
  if (list.length === 0) throw invalidOption('transport', 'an empty list', takes)
  for (const [index, one] of list.entries()) {
    if (!isTransport(one)) throw noTransport(one, takes)
    if (list.slice(0, index).some((other) => isSameTransport(one, other))) {
      throw invalidOption('transport', 'a list with one transport twice', 'each transport once')
    }
  }
  return Object.freeze(list) as readonly TransportOption[]
}

function isTransport(value: unknown): value is TransportOption {
  if (value === 'cookie') return true
  if (!isObject(value)) return false
  const { read, write, vary, answers } = value as Partial<Record<keyof Transport, unknown>>
  const isList = vary === undefined || (Array.isArray(vary) && vary.every(isHeaderName))
  return isFunction(read) && isList && [write, answers].every((one) => one === undefined || isFunction(one))
}

function noTransport(value: unknown, takes: string): SessionError {
  if (value === bearer || value === 'bearer') return invalidOption('transport', shown(value), 'bearer()')
  if (value === cookie) return invalidOption('transport', 'a function', "cookie(), or 'cookie'")
  return invalidOption('transport', shown(value), takes)
}

/** The options that only the cookie uses. */
const ofCookie = ['key', 'cookie', 'adopt'] as const

/** Throws `OPTION_INVALID` for options that cannot work with these transports. */
export function assertTransportsFit(
  given: Readonly<Partial<Record<(typeof ofCookie)[number] | 'hashIds', unknown>>>,
  transports: readonly TransportOption[],
): void {
  if (given.hashIds === 'migrate' && transports.some((transport) => transport !== 'cookie' && !transport.write)) {
    throw invalidOption(
      'hashIds',
      "'migrate', which gives clients new ids, and a transport cannot send them",
      'bearer({ header }), or the transport a write()',
    )
  }
  const useless = transports.includes('cookie') ? undefined : ofCookie.find((name) => given[name] !== undefined)
  if (useless === undefined) return
  throw invalidOption(
    useless,
    'given, and no transport is the cookie',
    'transport: [bearer(), cookie()], for instance, or leave the option out',
  )
}
