/** A browser with one cookie, that follows no redirects. */
export class Client {
  readonly #url: string
  readonly #key: string
  /** The value of the session cookie, if there is one. */
  cookie: string | undefined

  constructor(url: string, key: string) {
    this.#url = url
    this.#key = key
  }

  /** Another browser that holds the same cookie. */
  copy(): Client {
    const client = new Client(this.#url, this.#key)
    client.cookie = this.cookie
    return client
  }

  /** The session's id. Throws if there is no cookie. */
  get id(): string {
    if (this.cookie === undefined) throw new Error('The client has no session cookie.')
    return this.cookie
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (this.cookie !== undefined) headers.append('Cookie', `${this.#key}=${this.cookie}`)
    const response = await fetch(this.#url + path, { redirect: 'manual', ...init, headers })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  /** The status of the response, whose body is read. */
  async status(path: string): Promise<number> {
    const response = await this.request(path)
    await response.text()
    return response.status
  }

  /** The JSON of a response with status 200. */
  async json(path: string): Promise<unknown> {
    const response = await this.request(path)
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`)
    return JSON.parse(text)
  }

  #keep(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (name === this.#key) this.cookie = value === '' ? undefined : value
  }
}
