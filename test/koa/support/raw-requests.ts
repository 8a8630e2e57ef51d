import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import { connect, createServer as createServer2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type Koa from 'koa'

/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** The lines of `Set-Cookie`. */
  readonly cookies: readonly string[]
  readonly body: string
}

/** Asks the app for one response, by one version of HTTP, and stops serving it. */
export type Ask = (app: Pick<Koa, 'callback'>, method?: string) => Promise<RawResponse>

async function read(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk
  return text
}

async function overHttp1(app: Pick<Koa, 'callback'>, method = 'GET'): Promise<RawResponse> {
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const asked = request({ host: '127.0.0.1', port, method, agent: false }).end()
    const [response] = await once(asked, 'response')
    const { statusCode, headers } = response
    return { status: statusCode, headers, cookies: headers['set-cookie'] ?? [], body: await read(response) }
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function overHttp2(app: Pick<Koa, 'callback'>, method = 'GET'): Promise<RawResponse> {
  const server = createServer2(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  try {
    const stream = client.request({ ':method': method, ':path': '/' })
    const [headers] = await once(stream, 'response')
    return { status: headers[':status'], headers, cookies: headers['set-cookie'] ?? [], body: await read(stream) }
  } finally {
    client.close()
    server.close()
  }
}

/** Both versions of HTTP that Node serves. */
export const versions: readonly (readonly [name: string, ask: Ask])[] = [
  ['HTTP/1', overHttp1],
  ['HTTP/2', overHttp2],
]
