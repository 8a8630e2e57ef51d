import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/** What a handler answered. */
export interface Answer {
  readonly status: number
  readonly cookies: readonly string[]
}

/** Gives a request to the handler without a network, so that the header can be any text. */
export async function ask(handle: RequestListener, path: string, cookie: string): Promise<Answer> {
  const request = new IncomingMessage(new Socket())
  request.method = 'GET'
  request.url = path
  request.headers = { host: 'localhost', cookie }
  const response = new ServerResponse(request)
  await handle(request, response)
  return { status: response.statusCode, cookies: [response.getHeader('Set-Cookie') ?? []].flat().map(String) }
}
