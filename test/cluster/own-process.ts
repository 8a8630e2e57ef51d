import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** What a server needs to run. */
export interface ServerCommand {
  /** The name in messages, and of the log file. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** The folder for its log, which is created if it is missing. */
  readonly folder: string
  readonly env?: NodeJS.ProcessEnv
  /** The user and group by number, for servers that refuse to run as root. */
  readonly uid?: number
  readonly gid?: number
  /** Resolves to whether the server answers. It is asked until it does. */
  readonly isReady: () => Promise<boolean>
  /** How long it may take until it answers, in milliseconds. Default: 60 seconds. */
  readonly patience?: number
}

/** A server that was started here and is stopped by its process id: nothing else on the machine is touched. */
export class OwnProcess {
  readonly #child: ChildProcess
  readonly #command: ServerCommand

  private constructor(command: ServerCommand) {
    const { name, folder, args, env, uid, gid } = command
    mkdirSync(folder, { recursive: true })
    const log = openSync(join(folder, `${name}.log`), 'a')
    const ids = { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) }
    this.#child = spawn(command.command, args, { stdio: ['ignore', log, log], env: { ...process.env, ...env }, ...ids })
    this.#child.on('error', () => {}) // told of by start()
    this.#command = command
  }

  /** Starts a server, and waits until it answers. Rejects with the end of its log if it does not. */
  static async start(command: ServerCommand): Promise<OwnProcess> {
    const started = new OwnProcess(command)
    try {
      await started.#ready()
    } catch (error) {
      await started.stop('SIGKILL')
      throw error
    }
    return started
  }

  get pid(): number {
    const { pid } = this.#child
    if (pid === undefined) throw new Error(`${this.#command.name} has not started`)
    return pid
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Sends a signal, and does not wait for what comes of it: `SIGSTOP` and `SIGCONT` are a partition and its end. */
  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) process.kill(this.pid, signal)
  }

  /** Sends a signal, and waits until the process has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return
    const ended = once(this.#child, 'exit')
    this.signal('SIGCONT')
    this.signal(signal)
    await ended
  }

  async #ready(): Promise<void> {
    const { isReady, patience = 60_000 } = this.#command
    for (const end = Date.now() + patience; Date.now() < end; await wait(100)) {
      if (!this.isRunning) throw new Error(`${this.#command.name} ended at once: ${this.#lastWords()}`)
      if (await isReady()) return
    }
    throw new Error(`${this.#command.name} did not answer in ${patience} ms: ${this.#lastWords()}`)
  }

  #lastWords(): string {
    return readFileSync(join(this.#command.folder, `${this.#command.name}.log`), 'utf8').slice(-2000)
  }
}
