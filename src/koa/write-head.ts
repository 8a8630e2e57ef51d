import type { HeaderValue } from './header-lists.js'

/** The part of Node's response, of HTTP/1 and of HTTP/2, that the middleware uses. */
export interface OutgoingHead {
  readonly headersSent: boolean
  getHeader(name: string): HeaderValue
  setHeader(name: string, value: string | readonly string[]): unknown
  appendHeader(name: string, value: string | readonly string[]): unknown
  removeHeader(name: string): unknown
  writeHead(status: number, ...rest: readonly never[]): unknown
}

type WriteHead = (this: OutgoingHead, status: number, ...rest: readonly unknown[]) => unknown

type Header = readonly [name: string, value: string | readonly string[]]

/**
 * Calls `last` when the header of the response is about to be sent, by anyone, after all other changes to it. `last` may be
 * called several times. Node sends every header by `writeHead`, implicit ones too; only informational responses, such as
 * early hints, do not use it, and need no headers of ours.
 */
export function hookWriteHead(response: OutgoingHead, last: () => void): void {
  const send = response.writeHead as WriteHead
  const writeHead: WriteHead = (status, ...rest) => {
    const reason = typeof rest[0] === 'string' ? [rest[0]] : []
    const headers = headersIn(rest[1] ?? rest[0])
    // Node itself reports what is wrong.
    if (response.headersSent || !headers) return send.call(response, status, ...rest)
    setAll(response, headers)
    last()
    if (send !== Object.getPrototypeOf(response).writeHead) follow(response, last)
    return send.call(response, status, ...reason)
  }
  response.writeHead = writeHead
}

/** Calls `last` after each further change to the headers, for an earlier hook on `writeHead` that makes some. */
function follow(response: OutgoingHead, last: () => void): void {
  let isLast = false
  for (const name of ['setHeader', 'appendHeader', 'removeHeader'] as const) {
    const change = response[name] as (...values: unknown[]) => unknown
    response[name] = (...values: unknown[]) => {
      const result = change.apply(response, values)
      if (isLast) return result
      isLast = true
      last()
      isLast = false
      return result
    }
  }
}

interface Given {
  /** Whether a name may occur several times, as in an array. A name of an object replaces the header that is there. */
  readonly mayRepeat: boolean
  readonly headers: readonly Header[]
}

/** The headers that `writeHead` was given: an object, pairs, or names and values in turn; `undefined` for anything else. */
function headersIn(given: unknown): Given | undefined {
  if (typeof given !== 'object' || given === null) return { mayRepeat: false, headers: [] }
  if (!Array.isArray(given)) return { mayRepeat: false, headers: Object.entries(given) }
  if (Array.isArray(given[0])) return { mayRepeat: true, headers: given }
  if (given.length % 2 !== 0) return undefined
  const names = given.filter((_, index) => index % 2 === 0)
  return { mayRepeat: true, headers: names.map((name, index) => [name, given[2 * index + 1]]) }
}

function setAll(response: OutgoingHead, { mayRepeat, headers }: Given): void {
  const named = headers.filter(([name]) => name)
  if (mayRepeat) for (const [name] of named) response.removeHeader(name)
  for (const [name, value] of named) mayRepeat ? response.appendHeader(name, value) : response.setHeader(name, value)
}
