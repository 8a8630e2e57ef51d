import { expect } from 'chai'

/** A browser without JavaScript: it keeps its cookie, and the page that it shows. */
export class Visitor {
  readonly #url: () => string
  readonly #userAgent: string
  cookie: string | undefined
  page = ''

  constructor(url: () => string, userAgent: string) {
    this.#url = url
    this.#userAgent = userAgent
  }

  /** Opens a page, and follows where it leads. */
  async open(path: string): Promise<number> {
    const response = await this.request('GET', path)
    const target = response.headers.get('location')
    if (target !== null) return this.open(target)
    this.page = await response.text()
    return response.status
  }

  /** Submits a form, and follows where it leads. */
  async submit(path: string, fields: Record<string, string> = {}): Promise<number> {
    const response = await this.request('POST', path, fields)
    const target = response.headers.get('location')
    if (target === null) {
      this.page = await response.text()
      return response.status
    }
    expect(response.status).to.equal(303)
    return this.open(target)
  }

  async request(
    method: 'GET' | 'POST',
    path: string,
    fields?: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const sent = { 'User-Agent': this.#userAgent, ...(this.cookie && { Cookie: this.cookie }), ...headers }
    const body = fields && new URLSearchParams(fields)
    const response = await fetch(this.#url() + path, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body && { body }),
    })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const pair = line.slice(0, line.indexOf(';'))
    this.cookie = pair.endsWith('=') ? undefined : pair
  }

  get user(): string | undefined {
    return /id="user">([^<]*)</.exec(this.page)?.[1]
  }

  get title(): string | undefined {
    return /<h1>([^<]*)</.exec(this.page)?.[1]
  }

  get notice(): string | undefined {
    return /role="status">([^<]*)</.exec(this.page)?.[1]
  }

  /** The things in the cart, with their numbers. */
  get cart(): Record<string, number> {
    const things = this.page.matchAll(/data-thing="([^"]*)"><span>[^<]*<\/span><strong>(\d+)/g)
    return Object.fromEntries([...things].map(([, thing = '', number]) => [thing, Number(number)]))
  }

  /** The ids of the devices that can be signed out. */
  get otherDevices(): string[] {
    return Array.from(this.page.matchAll(/name="id" value="([^"]*)"/g), ([, id]) => id ?? '')
  }
}
