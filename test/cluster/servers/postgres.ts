import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { OwnProcess } from '../own-process.js'
import { TemplateFolder } from './folder.js'
import { type PgClient, pgClient } from './pg.js'
import { ownFolder, userOf } from './user.js'

/** Settings of a server, as in `postgresql.conf`. */
export type Settings = Readonly<Record<string, string | number>>

/** Debian's folder of PostgreSQL's programs; `undefined` if it is not installed. */
export const binaries: string | undefined = [18, 17, 16, 15]
  .map((version) => `/usr/lib/postgresql/${version}/bin`)
  .find((folder) => existsSync(join(folder, 'initdb')))

/** The usual settings: those of the package, without its Unix socket in a folder that others use. */
const usual: Settings = { max_connections: 200, unix_socket_directories: '', wal_level: 'replica', max_wal_senders: 10 }

/** The data of a new server. */
const empty = new TemplateFolder('postgres', (folder) => {
  const options = ['--auth=trust', '--username=postgres', '--no-sync', '--encoding=UTF8']
  execFileSync(join(binaries ?? '', 'initdb'), [...options, '-D', folder], { stdio: 'pipe', ...userOf('postgres') })
})

/** A PostgreSQL of one's own, with the user `postgres` and the database `postgres`: a primary, or the standby of one. */
export class PostgresServer {
  readonly name: string
  readonly port: number
  readonly host = '127.0.0.1'
  readonly #folder: string
  readonly #settings: Settings
  #process: OwnProcess | undefined

  private constructor(folder: string, name: string, port: number, settings: Settings) {
    this.name = name
    this.port = port
    this.#folder = folder
    this.#settings = settings
  }

  /** Makes a primary, and starts it. `folder` must be one that the user `postgres` may enter. */
  static async primary(folder: string, name: string, port: number, settings: Settings = {}): Promise<PostgresServer> {
    const server = new PostgresServer(folder, name, port, settings)
    ownFolder(folder, 'postgres')
    empty.copyTo(server.#data)
    await server.start()
    return server
  }

  /** Makes a streaming standby of this server, and starts it. */
  async standby(name: string, port: number, settings: Settings = {}): Promise<PostgresServer> {
    const server = new PostgresServer(this.#folder, name, port, settings)
    const source = `host=${this.host} port=${this.port} user=postgres application_name=${name}`
    server.#run('pg_basebackup', ['-d', source, '-D', server.#data, '-R', '--checkpoint=fast', '--no-sync'])
    await server.start()
    return server
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false
  }

  async start(): Promise<void> {
    const settings = { ...usual, listen_addresses: this.host, port: this.port, ...this.#settings }
    this.#process = await OwnProcess.start({
      name: this.name,
      command: join(binaries ?? '', 'postgres'),
      args: ['-D', this.#data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      folder: this.#folder,
      isReady: () => this.answers(),
      ...userOf('postgres'),
    })
  }

  /** Starts the server again after {@link kill}, whose processes may still be ending: until then it is refused. */
  async restart(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.start()
      } catch (error) {
        if (tries === 50) throw error
        await wait(100)
      }
    }
  }

  /** Ends the server as a power failure does. Its children notice, and end too. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }

  /** Stops the server without waiting for its clients. */
  async stop(): Promise<void> {
    await this.#process?.stop('SIGINT')
  }

  /** Makes a standby a primary, and waits until it takes writes. */
  async promote(): Promise<void> {
    await this.query('SELECT pg_promote(true)')
  }

  /** Changes settings of the running server. */
  async configure(settings: Settings): Promise<void> {
    for (const [name, value] of Object.entries(settings)) await this.query(`ALTER SYSTEM SET ${name} = '${value}'`)
    await this.query('SELECT pg_reload_conf()')
  }

  async answers(): Promise<boolean> {
    return this.query('SELECT 1').then(
      () => true,
      () => false,
    )
  }

  /** Whether it is a primary that answers. */
  async isPrimary(): Promise<boolean> {
    return this.query('SELECT 1 WHERE NOT pg_is_in_recovery()').then(
      (rows) => rows.length > 0,
      () => false,
    )
  }

  /** Runs a statement on a connection of its own. */
  async query(sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client: PgClient = await pgClient({ host: this.host, port: this.port, user: 'postgres', database })
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }

  get #data(): string {
    return join(this.#folder, `${this.name}-data`)
  }

  #run(program: string, args: readonly string[]): void {
    ownFolder(this.#folder, 'postgres')
    execFileSync(join(binaries ?? '', program), args, { stdio: 'pipe', ...userOf('postgres') })
  }
}
