/** What is sent to simulate HTTPS: the apps of these tests trust the proxy that says so. */
export const https: Readonly<Record<string, string>> = { 'X-Forwarded-Proto': 'https' }

/** A browser that speaks HTTPS with one site, keeps its cookies, and follows no redirects. */
export class Browser {
  readonly #url: string
  readonly #cookies = new Map<string, string>()
  /** The lines `Set-Cookie` of the last response. */
  lines: readonly string[] = []

  constructor(url: string) {
    this.#url = url
  }

  /** Another browser that holds the same cookies. */
  copy(): Browser {
    const browser = new Browser(this.#url)
    for (const [name, value] of this.#cookies) browser.#cookies.set(name, value)
    return browser
  }

  /** The session's id. Throws if there is no cookie. */
  get id(): string {
    const id = this.#cookies.get('__Host-sid')
    if (id === undefined) throw new Error('The browser has no session cookie.')
    return id
  }

  set id(id: string) {
    this.#cookies.set('__Host-sid', id)
  }

  /** The attributes of the last session cookie, in lower case, sorted. */
  get attributes(): string[] {
    const [line = ''] = this.lines
    const [, ...attributes] = line.split(';').map((part) => part.trim().toLowerCase())
    return attributes.sort()
  }

  async get(path: string, headers: Readonly<Record<string, string>> = https): Promise<Response> {
    return this.send(path, { headers })
  }

  async post(path: string, body: unknown): Promise<Response> {
    return this.send(path, { method: 'POST', body: JSON.stringify(body), headers: https })
  }

  async send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    const pairs = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`)
    if (pairs.length > 0 && !headers.has('Cookie')) headers.set('Cookie', pairs.join('; '))
    const response = await fetch(this.#url + path, { redirect: 'manual', ...init, headers })
    this.lines = response.headers.getSetCookie()
    for (const line of this.lines) this.#keep(line)
    return response
  }

  /** The JSON of a response with status 200. */
  async json(path: string, headers?: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    const response = await this.get(path, headers)
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`)
    return JSON.parse(text)
  }

  /** The status of the response, whose body is read. */
  async status(path: string): Promise<number> {
    const response = await this.get(path)
    await response.text()
    return response.status
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '') this.#cookies.delete(name)
    else this.#cookies.set(name, value)
  }
}
