import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { OwnProcess } from '../own-process.js'
import { binaries } from './postgres.js'
import { ownFolder, userOf } from './user.js'

const host = '127.0.0.1'

/** The ports of one member: those of its PostgreSQL and of its REST interface. */
export interface MemberPorts {
  readonly postgres: number
  readonly rest: number
}

/** Starts etcd, where Patroni keeps who is the primary. */
export function etcd(folder: string, client: number, peer: number): Promise<OwnProcess> {
  mkdirSync(folder, { recursive: true })
  const [own, others] = [`http://${host}:${client}`, `http://${host}:${peer}`]
  return OwnProcess.start({
    name: 'etcd',
    command: '/usr/bin/etcd',
    args: [
      ...['--name', 'etcd', '--data-dir', join(folder, 'etcd-data'), '--initial-cluster', `etcd=${others}`],
      ...['--listen-client-urls', own, '--advertise-client-urls', own],
      ...['--listen-peer-urls', others, '--initial-advertise-peer-urls', others],
    ],
    folder,
    isReady: async () => (await statusOf(client, '/health')) === 200,
  })
}

/** One member of a cluster that Patroni runs: Patroni itself, which starts and stops its PostgreSQL. */
export class PatroniMember {
  readonly name: string
  readonly port: number
  readonly rest: number
  readonly #folder: string
  #process: OwnProcess | undefined

  private constructor(folder: string, name: string, { postgres, rest }: MemberPorts) {
    this.name = name
    this.port = postgres
    this.rest = rest
    this.#folder = folder
  }

  /** Starts Patroni, and waits until its PostgreSQL runs, as the primary or as a standby. */
  static async start(folder: string, name: string, ports: MemberPorts, etcdPort: number): Promise<PatroniMember> {
    const member = new PatroniMember(folder, name, ports)
    ownFolder(folder, 'postgres')
    const config = join(folder, `${name}.json`)
    writeFileSync(config, JSON.stringify(member.#configuration(etcdPort)))
    member.#process = await OwnProcess.start({
      name,
      command: '/usr/bin/patroni',
      args: [config], // JSON is YAML too
      folder,
      isReady: async () => (await statusOf(ports.rest, '/health')) === 200,
      ...userOf('postgres'),
    })
    return member
  }

  /** Whether it is the primary, as a proxy asks it. */
  async isPrimary(): Promise<boolean> {
    return (await statusOf(this.rest, '/primary')) === 200
  }

  /** Whether it is a standby that streams from the primary. */
  async isStandby(): Promise<boolean> {
    return (await statusOf(this.rest, '/replica')) === 200
  }

  /** Ends Patroni and its PostgreSQL, as the end of their machine does. */
  async kill(): Promise<void> {
    const pid = Number(readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n')[0])
    await this.#process?.stop('SIGKILL')
    process.kill(pid, 'SIGKILL')
  }

  /** Stops both. */
  async stop(): Promise<void> {
    await this.#process?.stop()
  }

  get #data(): string {
    return join(this.#folder, `${this.name}-data`)
  }

  #configuration(etcdPort: number): object {
    const user = { username: 'postgres' }
    return {
      scope: 'sessions',
      name: this.name,
      restapi: { listen: `${host}:${this.rest}`, connect_address: `${host}:${this.rest}` },
      etcd3: { hosts: [`${host}:${etcdPort}`] },
      bootstrap: {
        // The least that Patroni allows: a dead primary is replaced after 20 seconds.
        dcs: { ttl: 20, loop_wait: 1, retry_timeout: 3, postgresql: { parameters: { max_connections: 200 } } },
        initdb: [{ encoding: 'UTF8' }, 'no-sync', { auth: 'trust' }],
        pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
      },
      postgresql: {
        listen: `${host}:${this.port}`,
        connect_address: `${host}:${this.port}`,
        data_dir: this.#data,
        bin_dir: binaries,
        pgpass: join(this.#folder, `${this.name}.pgpass`),
        authentication: { superuser: user, replication: user },
        parameters: { unix_socket_directories: this.#folder },
      },
    }
  }
}

/** The status of an answer by HTTP; 0 if there is none. */
export function statusOf(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, timeout: 1000, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(0))
  })
}
