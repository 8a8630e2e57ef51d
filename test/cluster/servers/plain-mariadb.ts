import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { OwnProcess } from '../own-process.js'
import { ownFolder, userOf } from './user.js'

const program = '/usr/sbin/mariadbd'

/** Whether MariaDB is installed. */
export const hasMariadb = existsSync(program)

/** A MariaDB of one's own, with the user `root` without a password. */
export class MariadbServer {
  readonly name: string
  readonly port: number
  readonly #folder: string
  readonly #options: readonly string[]
  #process: OwnProcess | undefined

  private constructor(folder: string, name: string, port: number, options: readonly string[]) {
    this.name = name
    this.port = port
    this.#folder = folder
    this.#options = options
  }

  /** Makes a server with a database, and starts it. */
  static async start(
    folder: string,
    { name, port, database }: { readonly name: string; readonly port: number; readonly database: string },
    options: readonly string[] = [],
  ): Promise<MariadbServer> {
    const server = new MariadbServer(folder, name, port, options)
    ownFolder(folder, 'mysql')
    const install = ['--no-defaults', `--datadir=${server.#data}`, '--auth-root-authentication-method=normal']
    execFileSync('mariadb-install-db', [...install, '--skip-test-db'], { stdio: 'pipe', ...userOf('mysql') })
    await server.start()
    await server.query(`CREATE DATABASE ${database}`)
    return server
  }

  async start(): Promise<void> {
    const place = [
      `--datadir=${this.#data}`,
      `--port=${this.port}`,
      `--socket=${join(this.#folder, `${this.name}.sock`)}`,
    ]
    this.#process = await OwnProcess.start({
      name: this.name,
      command: program,
      args: ['--no-defaults', '--bind-address=127.0.0.1', ...place, ...this.#options],
      folder: this.#folder,
      isReady: () => this.answers(),
      ...userOf('mysql'),
    })
  }

  /** Ends the server as a power failure does. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }

  async answers(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    )
  }

  /** Runs a statement on a connection of its own. */
  async query(sql: string): Promise<void> {
    const connection = await createConnection({ host: '127.0.0.1', port: this.port, user: 'root' })
    try {
      await connection.query(sql)
    } finally {
      await connection.end()
    }
  }

  get #data(): string {
    return join(this.#folder, `${this.name}-data`)
  }
}
