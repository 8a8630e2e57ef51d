import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'mocha'

const require = createRequire(import.meta.url)
type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void
const expressSession = require('express-session') as (options: object) => Middleware

const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0)) close()
})

/** Serves requests until the test ends, and returns the address. */
export async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An app on express-session with this store: `/login` logs user 7 in, and every other path answers the user. */
export function expressApp(store: object, secret: string): Promise<string> {
  const session = expressSession({
    store,
    secret,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 3_600_000 },
  })
  return listen((request, response) => {
    Object.assign(request, { originalUrl: request.url })
    session(request, response, (error) => {
      const { session } = request as IncomingMessage & { session: { userId?: number } }
      if (request.url === '/login') session.userId = 7
      response.statusCode = error ? 500 : 200
      response.end(String(session?.userId))
    })
  })
}

/** What a request with this cookie is answered, and the cookies that it gets. */
export async function ask(url: string, cookie = ''): Promise<{ readonly text: string; readonly cookie: string }> {
  const response = await fetch(url, { headers: { cookie } })
  const lines = response.headers.getSetCookie().map((line) => line.split(';')[0])
  return { text: await response.text(), cookie: lines.join('; ') }
}
