import { setTimeout as wait } from 'node:timers/promises'
import { send, Ticks } from './browser.js'
import { choose, pick } from './chance.js'
import type { Deed, Entry } from './log.js'
import { setsKey } from './log.js'

/** How much there is to do. */
export interface Load {
  /** How many sessions are used at a time. */
  readonly sessions: number
  /** How many requests are under way at a time, to each process. */
  readonly parallel: number
  readonly requests: number
  /** How many requests a second are sent, whether earlier ones were answered or not. Default: as many as are answered. */
  readonly perSecond?: number
}

/** A browser: tabs share its cookie, and some of them have kept an older one. */
interface Browser {
  user: number
  cookie: string | undefined
  readonly former: string[]
  beginning: Promise<void> | undefined
}

/** Sends random requests of some browsers to all processes in parallel, and keeps the log. */
export class Driver {
  readonly log: Entry[] = []
  readonly #urls: readonly string[]
  readonly #load: Load
  readonly #ticks = new Ticks()
  readonly #browsers: Browser[]
  /** By id: the user whose session it opens. */
  readonly #users = new Map<string, number>()
  #sent = 0
  #began = 0
  /** How many requests have had their moment. */
  #slots = 0

  constructor(urls: readonly string[], load: Load) {
    this.#urls = urls
    this.#load = load
    const newBrowser = (): Browser => ({ user: 0, cookie: undefined, former: [], beginning: undefined })
    this.#browsers = Array.from({ length: load.sessions }, newBrowser)
  }

  /** Runs until all requests are answered. */
  async run(): Promise<readonly Entry[]> {
    this.#began = Date.now()
    const lanes = this.#urls.flatMap((url) => Array.from({ length: this.#load.parallel }, () => this.#lane(url)))
    await Promise.all(lanes)
    return this.log
  }

  async #lane(url: string): Promise<void> {
    while (this.#sent < this.#load.requests) {
      await this.#pace()
      if (this.#sent >= this.#load.requests) return
      const browser = pick(this.#browsers)
      if (browser.cookie === undefined) await this.#begin(url, browser)
      else await this.#use(url, browser)
    }
  }

  /** Waits for the moment of the next request. */
  async #pace(): Promise<void> {
    const { perSecond } = this.#load
    if (!perSecond) return
    const moment = this.#began + (this.#slots++ * 1000) / perSecond
    if (moment > Date.now()) await wait(moment - Date.now())
  }

  /** Only one tab begins a session, the others wait for it. */
  async #begin(url: string, browser: Browser): Promise<void> {
    if (!browser.beginning) {
      browser.user = this.#sent + 1
      browser.beginning = this.#send(url, 'begin', browser, undefined)
    }
    await browser.beginning
    browser.beginning = undefined
  }

  async #use(url: string, browser: Browser): Promise<void> {
    const deed = choose()
    const from = Math.random() < 0.12 ? pick(browser.former) : browser.cookie
    await this.#send(url, deed, browser, deed === 'revoke' ? undefined : from)
  }

  async #send(url: string, deed: Deed, browser: Browser, from: string | undefined): Promise<void> {
    const n = ++this.#sent
    const user = (from === undefined ? undefined : this.#users.get(from)) ?? browser.user
    const drop = deed === 'drop' ? this.#anyKeyOf(user) : undefined
    const entry = await send(`${url}/`, deed, { n, user, drop }, from, this.#ticks)
    this.log.push(entry)
    this.#keep(entry, browser)
  }

  #anyKeyOf(user: number): number | undefined {
    const keys = this.log.filter((entry) => entry.user === user && entry.outcome === 'stored' && setsKey(entry))
    return keys.length > 0 ? pick(keys).n : undefined
  }

  /** The browser takes what the response says of its cookie. */
  #keep({ deed, to, from, outcome, user }: Entry, browser: Browser): void {
    if (to !== undefined) {
      if (!this.#users.has(to)) browser.former.push(to)
      this.#users.set(to, user)
      browser.cookie = to
    }
    const isEnded = outcome === 'gone' || (deed === 'logout' && outcome === 'stored')
    if (isEnded && browser.cookie === from) {
      browser.cookie = undefined
      browser.former.splice(0, browser.former.length - 1)
    }
    while (browser.former.length > 4) browser.former.shift()
  }
}
