import { fork } from 'node:child_process'
import { once } from 'node:events'

const path = (file) => new URL(file, import.meta.url)

/** A child process that answers one question at a time. */
class Helper {
  #child

  constructor(file, args = [], env = {}) {
    const options = { execArgv: ['--expose-gc'], env: { ...process.env, NODE_ENV: 'production', ...env } }
    this.#child = fork(path(file), args, options)
  }

  /** What the child says next. Rejects if it ends instead. */
  async heard() {
    const ended = new AbortController()
    const message = once(this.#child, 'message', { signal: ended.signal }).then(([answer]) => answer)
    const exit = once(this.#child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`${this.#child.spawnargs.slice(2).join(' ')} ended with code ${code}`)
    })
    try {
      return await Promise.race([message, exit])
    } finally {
      ended.abort()
      await Promise.allSettled([message, exit])
    }
  }

  async ask(question) {
    const answer = this.heard()
    this.#child.send(question)
    return answer
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.disconnect()
    await exit
  }
}

/** The process of a competitor, and the port that it listens on. `env`: variables that it gets too. */
export async function startServer(name, env) {
  const server = new Helper('servers/serve.mjs', [name], env)
  const { port } = await server.heard()
  const ask = async (question) => (await server.ask(question)).answer
  return {
    port,
    /** What one of the functions in servers/serve.mjs gives. */
    ask,
    /** Microseconds of the processors. */
    cpu: async () => totalOf(await ask('cpu')),
    stop: () => server.stop(),
  }
}

/** The process that makes requests. Each server that it is connected to has a set of connections; without a name there is one. */
export function startLoad() {
  const load = new Helper('load/main.mjs')
  const perform = async (command, options = {}) => {
    const { done, failed } = await load.ask({ set: 'the only one', ...options, command })
    if (failed) throw new Error(failed)
    return done
  }
  return {
    do: perform,
    /** Microseconds of the processors. */
    cpu: async () => totalOf(await perform('cpu')),
    stop: () => load.stop(),
  }
}

function totalOf({ user, system }) {
  return user + system
}

/** The result of a benchmark that runs in a process of its own. */
export async function runMicro(name, options) {
  const micro = new Helper('micro/main.mjs', [name, JSON.stringify(options)])
  const result = await micro.heard()
  await micro.stop()
  return result
}
