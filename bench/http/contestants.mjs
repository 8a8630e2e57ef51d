import { performance } from 'node:perf_hooks'
import { startServer } from '../processes.mjs'

/** How many keep-alive connections ask, and how many sessions each of them has. */
export const connections = 64
const sessions = 10

/** What is alive, and waits for requests while others are measured. `meters` give numbers that grow. */
export class Contestant {
  #server
  #load
  #set
  #meters

  constructor({ name, kinds, server, load, meters }) {
    this.name = name
    this.kinds = kinds
    this.#server = server
    this.#load = load
    this.#set = `${name}, ${kinds}`
    this.#meters = meters
  }

  async connect() {
    const needed = this.kinds.includes('none') ? 0 : sessions
    await this.#load.do('connect', { set: this.#set, port: this.#server.port, connections, sessions: needed })
  }

  async warmUp(seconds) {
    for (const kind of this.kinds) await this.#load.do('measure', { set: this.#set, kind, seconds })
  }

  /**
   * What the requests of a moment give, after the time in which the process and its connections come back. `used` is by how
   * much each meter has grown in `elapsed` seconds, in which there were `total` answers.
   */
  async measure(kind, { seconds, settle }) {
    await this.#load.do('measure', { set: this.#set, kind, seconds: settle })
    const before = await this.#readMeters()
    const begin = performance.now()
    const figures = await this.#load.do('measure', { set: this.#set, kind, seconds })
    const elapsed = (performance.now() - begin) / 1000
    const after = await this.#readMeters()
    const used = Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]))
    return { ...figures, elapsed, used }
  }

  async #readMeters() {
    const read = {}
    for (const [name, meter] of Object.entries(this.#meters)) read[name] = await meter()
    return read
  }

  /** Throws unless every write that was answered is stored. */
  verify() {
    return this.#load.do('verify', { set: this.#set })
  }

  async stop() {
    await this.#load.do('close', { set: this.#set }).catch(() => {})
    await this.#server.stop()
  }
}

/**
 * Starts a process for each competitor that does one of the kinds, and a second one for requests without a session, which
 * are measured where there has never been one. `use` gets them all; they are stopped after it.
 */
export function withContestants(competitors, kinds, load, use, meters = {}) {
  const starts = competitors.flatMap((competitor) =>
    inOneProcess(competitor.kinds.filter((kind) => kinds.includes(kind))).map((own) => async () => {
      const server = await startServer(competitor.name)
      return new Contestant({ name: competitor.name, kinds: own, server, load, meters: { cpu: server.cpu, ...meters } })
    }),
  )
  return withAll(starts, use)
}

/** Calls `use` with what the functions start, and stops that after it. */
export async function withAll(starts, use) {
  const contestants = []
  try {
    for (const start of starts) {
      contestants.push(await start())
      await contestants.at(-1).connect()
    }
    return await use(contestants)
  } finally {
    for (const contestant of contestants) await contestant.stop()
  }
}

function inOneProcess(kinds) {
  return [kinds.filter((kind) => kind !== 'none'), kinds.filter((kind) => kind === 'none')].filter(
    ({ length }) => length,
  )
}
