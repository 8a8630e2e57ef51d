import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const main = fileURLToPath(new URL('../../examples/demo/main.js', import.meta.url))

/** The demo in a process of its own, on a free port. */
class Demo {
  readonly #database: string
  #process: ChildProcess | undefined
  url = ''

  constructor(database: string) {
    this.#database = database
  }

  async start(): Promise<void> {
    const env = { ...process.env, PORT: '0', DEMO_DB: this.#database }
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The demo ended with code ${code}`)))
    const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), ended])
    ended.catch(() => {})
    expect(line).to.match(/^http:\/\/localhost:[1-9]\d*$/)
    this.url = line
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return null
    child.kill(signal)
    const [code] = await once(child, 'exit')
    return code
  }
}

/** A browser with a cookie of its own, and the page that it shows. */
class Browser {
  readonly #demo: Demo
  readonly #userAgent: string
  cookie: string | undefined
  page = ''

  constructor(demo: Demo, userAgent: string) {
    this.#demo = demo
    this.#userAgent = userAgent
  }

  async open(): Promise<Response> {
    const response = await this.request('GET', '/')
    this.page = await response.text()
    expect(response.status, this.page).to.equal(200)
    return response
  }

  async submit(path: string, fields: Record<string, string> = {}): Promise<void> {
    const response = await this.request('POST', path, fields)
    expect(response.status, await response.text()).to.equal(303)
    expect(response.headers.get('location')).to.equal('/')
    await this.open()
  }

  async request(method: 'GET' | 'POST', path: string, fields?: Record<string, string>): Promise<Response> {
    const headers = { 'User-Agent': this.#userAgent, ...(this.cookie && { Cookie: this.cookie }) }
    const body = fields && new URLSearchParams(fields)
    const response = await fetch(this.#demo.url + path, { method, headers, redirect: 'manual', ...(body && { body }) })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  /** Lets the demo begin with a form, and returns a function that sends the fields. */
  async begin(path: string, fields: Record<string, string>): Promise<() => Promise<void>> {
    const body = new URLSearchParams(fields).toString()
    const headers = { Cookie: this.cookie, 'Content-Length': body.length, Expect: '100-continue' }
    const request = http.request(this.#demo.url + path, { method: 'POST', headers })
    const responded = once(request, 'response')
    await once(request, 'continue')
    return async () => {
      request.end(body)
      const [response] = await responded
      expect(response.resume().statusCode).to.equal(303)
    }
  }

  #keep(line: string): void {
    const pair = line.slice(0, line.indexOf(';'))
    this.cookie = pair.endsWith('=') ? undefined : pair
  }

  get user(): string | undefined {
    return /id="user">([^<]*)</.exec(this.page)?.[1]
  }

  get views(): number {
    return Number(/id="views">(\d+)</.exec(this.page)?.[1])
  }

  get cart(): string[] {
    return Array.from(this.page.matchAll(/<button name="item" value="([^"]*)"/g), ([, item]) => item ?? '')
  }

  /** The ids of the user's sessions in other browsers. */
  get otherSessions(): string[] {
    return Array.from(this.page.matchAll(/<button name="id" value="([^"]*)"/g), ([, id]) => id ?? '')
  }
}

describe('examples/demo', function () {
  this.timeout(30_000)
  let folder: string
  let demo: Demo
  let laptop: Browser
  let phone: Browser
  let stranger: Browser

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-'))
    demo = new Demo(join(folder, 'demo.db'))
    laptop = new Browser(demo, 'Laptop')
    phone = new Browser(demo, 'Phone')
    stranger = new Browser(demo, 'Stranger')
    await demo.start()
  })

  after(async () => {
    await demo.stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  it('gives no cookie to a visitor who stores nothing', async () => {
    const response = await laptop.open()
    expect(laptop.cookie).to.equal(undefined)
    expect(laptop.page).to.contain('there are no passwords')
    expect(response.headers.get('content-security-policy')).to.match(/^default-src 'none'; style-src 'sha256-/)
  })

  it('adds to the cart and removes from it', async () => {
    await laptop.submit('/cart/add', { item: 'Tea' })
    await laptop.submit('/cart/add', { item: 'Milk' })
    await laptop.submit('/cart/add', { item: 'Tea' })
    expect(laptop.cart).to.deep.equal(['Tea', 'Milk', 'Tea'])
    await laptop.submit('/cart/remove', { item: 'Tea' })
    await laptop.submit('/cart/remove', { item: 'Coffee' })
    expect(laptop.cart).to.deep.equal(['Milk', 'Tea'])
  })

  it('logs in under a new session id, and keeps the cart', async () => {
    const before = laptop.cookie
    await laptop.submit('/login', { userName: 'Ann' })
    expect(laptop.user).to.equal('Ann')
    expect(laptop.cart).to.deep.equal(['Milk', 'Tea'])
    expect(laptop.cookie).to.be.a('string').and.not.equal(before)

    const thief = new Browser(demo, 'Thief')
    thief.cookie = before
    await thief.open()
    expect(thief.user).to.equal(undefined)
    await laptop.open()
  })

  it('loses nothing of parallel requests', async () => {
    const { views, cart } = laptop
    const finishers = [
      await laptop.begin('/cart/add', { item: 'Jam' }),
      await laptop.begin('/cart/add', { item: 'Bread' }),
    ]
    await Promise.all(Array.from({ length: 8 }, () => laptop.request('GET', '/')))
    await Promise.all(finishers.map((finish) => finish()))
    await laptop.open()
    expect(laptop.views).to.equal(views + 9)
    expect(laptop.cart).to.have.members([...cart, 'Jam', 'Bread'])
    await laptop.submit('/cart/remove', { item: 'Jam' })
    await laptop.submit('/cart/remove', { item: 'Bread' })
  })

  it("lists the user's sessions, and ends another one", async () => {
    await phone.submit('/login', { userName: 'Ann' })
    await laptop.open()
    expect(laptop.page).to.contain('Laptop').and.contain('Phone').and.contain('This one')
    expect(laptop.otherSessions).to.have.length(1)

    await laptop.submit('/sessions/end', { id: laptop.otherSessions[0] ?? '' })
    expect(laptop.otherSessions).to.deep.equal([])
    expect(laptop.user).to.equal('Ann')
    await phone.open()
    expect(phone.user).to.equal(undefined)
  })

  it('ends no session of another user', async () => {
    await phone.submit('/login', { userName: 'Ann' })
    await laptop.open()
    const [id = ''] = laptop.otherSessions
    expect((await stranger.request('POST', '/sessions/end', { id })).status).to.equal(401)
    await stranger.submit('/login', { userName: 'Bob' })
    expect(stranger.otherSessions).to.deep.equal([])
    await stranger.submit('/sessions/end', { id })
    await phone.open()
    expect(phone.user).to.equal('Ann')
  })

  it('escapes what users type', async () => {
    const attack = `<script>alert("it's")</script>&`
    const escaped = '&#60;script&#62;alert(&#34;it&#39;s&#34;)&#60;/script&#62;&#38;'
    const attacker = new Browser(demo, attack)
    await attacker.submit('/login', { userName: attack })
    await attacker.submit('/cart/add', { item: attack })
    expect(attacker.page).not.to.contain('<script')
    expect(attacker.user).to.equal(escaped)
    expect(attacker.cart).to.deep.equal([escaped])
    expect(attacker.page.split(escaped)).to.have.length(5)
  })

  it('refuses an empty and an oversized form', async () => {
    expect((await stranger.request('POST', '/login', { userName: ' ' })).status).to.equal(400)
    expect((await stranger.request('POST', '/cart/add', { item: 'x'.repeat(101) })).status).to.equal(400)
    expect((await stranger.request('POST', '/cart/add', { item: 'x'.repeat(100_000) })).status).to.equal(413)
  })

  it('keeps the sessions when it is started again', async () => {
    await laptop.open()
    const { views } = laptop
    expect(await demo.stop('SIGTERM')).to.equal(0)
    await demo.start()
    await laptop.open()
    expect(laptop.user).to.equal('Ann')
    expect(laptop.cart).to.deep.equal(['Milk', 'Tea'])
    expect(laptop.views).to.equal(views + 1)
    expect(laptop.otherSessions).to.have.length(1)
  })

  it('logs out for good', async () => {
    const before = laptop.cookie
    await laptop.submit('/logout')
    expect(laptop.cookie).to.equal(undefined)
    expect(laptop.user).to.equal(undefined)
    laptop.cookie = before
    await laptop.open()
    expect(laptop.user).to.equal(undefined)
    expect(laptop.cart).to.deep.equal([])
  })
})
