import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const main = fileURLToPath(new URL('../../../examples/devices/main.js', import.meta.url))

/** The example in a process of its own, on a free port. */
export class StartedApp {
  readonly #environment: Readonly<Record<string, string>>
  #process: ChildProcess | undefined
  url = ''

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment
  }

  async start(): Promise<void> {
    const env = { ...process.env, PORT: '0', ...this.#environment }
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = child
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The example ended with code ${code}`)))
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
