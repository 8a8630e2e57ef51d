/** A client of an API that sends the headers that it is told. */
export class ApiClient {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async send(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(this.#url + path, { headers, redirect: 'manual' })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      cookies: response.headers.getSetCookie(),
      text,
      body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : undefined,
    }
  }

  /** Sends a request with an id in the header `Authorization`. */
  bearer(path: string, id: string, headers: Record<string, string> = {}) {
    return this.send(path, { Authorization: `Bearer ${id}`, ...headers })
  }
}
