/** A header of a request, as Node.js has it. */
export type RequestHeader = string | readonly string[] | undefined

/** The part of a request that transports read. Koa's context fits, and Node's `IncomingMessage`. */
export interface TransportRequest {
  /** The headers, by their names in lower case. */
  readonly headers: {
    readonly cookie?: RequestHeader
    readonly authorization?: RequestHeader
    readonly [name: string]: RequestHeader
  }
}

/** What becomes of the id that a client has. */
export type TransportChange =
  /** The session has an id that the request did not carry: it is new, or `regenerate()` was called. Send the id. */
  | { readonly type: 'issue'; readonly id: string; readonly expires: Date }
  /** The session has the id that the request carried, and was written: its expiry may have moved. */
  | { readonly type: 'renew'; readonly id: string; readonly expires: Date }
  /** The id opens nothing any more: this request has ended the session (`logout`), or it does not exist (`gone`). */
  | { readonly type: 'withdraw'; readonly reason: 'logout' | 'gone' }
  /** Another request has replaced `id`, and its response sends the new one. Withdraw what this response says about `id`. */
  | { readonly type: 'keep'; readonly id: string }

/** Headers of a response, by name. Those that are `undefined` are not sent. */
export type TransportHeaders = Readonly<Record<string, string | undefined>>

/**
 * A way in which the id of a session travels: it reads the id from requests, and tells clients what becomes of it. Never take
 * an id from a URL or a body: URLs are logged and shared.
 *
 * @example
 * ```ts
 * import { MemorySessionBackend, session, type Transport } from 'koa-session-model'
 *
 * const inHeader: Transport = {
 *   vary: ['X-Session-Id'],
 *   read: ({ headers }) => headers['x-session-id'],
 *   write: (_ctx, change) => (change.type === 'issue' ? { 'X-Session-Id': change.id } : undefined),
 * }
 * session({ backend: new MemorySessionBackend(), transport: inHeader })
 * ```
 */
export interface Transport {
  /**
   * Returns the id that a request carries; `undefined` or an empty text if it carries none. A text that cannot be an id opens
   * nothing, and is the event `rejected`. `request` is Koa's context, or the bare request of `manager.fromRequest()`.
   */
  readonly read: (request: TransportRequest) => RequestHeader
  /**
   * Tells the client of a change. May be called several times for one response, until that begins.
   *
   * @param context Koa's context: annotate it as `Koa.Context` to use more of it.
   * @returns The headers to send, instead of those that an earlier call has returned. They are sent even if the request fails
   * later, or another middleware changes them.
   */
  write?(context: TransportRequest, change: TransportChange): TransportHeaders | undefined
  /** The names of the request headers that `read` looks at, for the header `Vary` of responses that change the session. */
  readonly vary?: readonly string[]
  /**
   * Whether the new session of a request that carries no id belongs to this transport, if there are several. If no transport
   * claims it, it belongs to the cookie, or to all transports if the cookie is not among them.
   */
  readonly answers?: (request: TransportRequest) => boolean
}

/** One transport of the option `transport`: `'cookie'` stands for the session cookie. */
export type TransportOption = 'cookie' | Transport
