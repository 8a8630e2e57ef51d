import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { OwnProcess } from '../own-process.js'
import { TemplateFolder } from './folder.js'
import { userOf } from './user.js'

/** Galera's library, as Debian's package `galera-4` installs it. */
const provider = '/usr/lib/galera/libgalera_smm.so'

/** Whether MariaDB and Galera are installed. */
export const hasGalera: boolean =
  existsSync(provider) && existsSync('/usr/sbin/mariadbd') && existsSync('/usr/bin/rsync')

/** The ports of one node: for clients, for the group, for missed writes, and for a whole copy. */
export const portsOfNode = 4

export interface GaleraOptions {
  /** `wsrep_sync_wait` of each node. Default 0, MariaDB's own. */
  readonly syncWait?: number
  /** Options of the provider, such as `evs.suspect_timeout=PT5S`. Default: Galera's own. */
  readonly provider?: readonly string[]
}

/** The data of a new node. */
const empty = new TemplateFolder('mysql', (folder) => {
  const options = ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db']
  execFileSync('mariadb-install-db', [...options, `--datadir=${folder}`], { stdio: 'ignore', ...userOf('mysql') })
})

/** A cluster of three nodes, with the user `root` and the database `sessions`. */
export class GaleraCluster {
  readonly nodes: readonly GaleraNode[]

  private constructor(nodes: readonly GaleraNode[]) {
    this.nodes = nodes
  }

  /** Starts a cluster. `folder` must be one that the user `mysql` may enter. `ports` are {@link portsOfNode} for each node. */
  static async start(folder: string, ports: readonly number[], options: GaleraOptions = {}): Promise<GaleraCluster> {
    const count = Math.floor(ports.length / portsOfNode)
    const nodes = Array.from({ length: count }, (_, n) => {
      return new GaleraNode(folder, `node${n + 1}`, ports.slice(n * portsOfNode, (n + 1) * portsOfNode), options)
    })
    const cluster = new GaleraCluster(nodes)
    const address = nodes.map(({ groupAddress }) => groupAddress).join(',')
    try {
      for (const [n, node] of nodes.entries()) await patiently(() => node.start(address, n === 0))
      await nodes[0]?.query('CREATE DATABASE sessions')
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  /** Waits until each node that answers has all that was written. */
  async settle(): Promise<void> {
    const up = (await Promise.all(this.nodes.map(async (node) => ((await node.isSynced()) ? [node] : [])))).flat()
    await Promise.all(up.map((node) => node.query('SET SESSION wsrep_sync_wait = 1; SELECT 1')))
  }

  /** Waits until only this many nodes are in the cluster, as the first one sees it, but at most so many milliseconds. */
  async shrunkTo(count: number, longest: number): Promise<void> {
    const [first] = this.nodes
    const isSmaller = async (): Promise<boolean> => {
      const rows = await first?.query("SHOW STATUS LIKE 'wsrep_cluster_size'").catch(() => [])
      return (
        Number((rows?.[0] as { Value?: unknown } | undefined)?.Value) === count && (await first?.isSynced()) === true
      )
    }
    for (const end = Date.now() + longest; Date.now() < end && !(await isSmaller()); ) await wait(100)
  }

  /** Waits until all nodes are synchronized. */
  async whole(): Promise<void> {
    for (const node of this.nodes) while (!(await node.isSynced())) await wait(200)
  }

  /** Sets `wsrep_sync_wait` for new connections to all nodes. */
  async syncWait(level: number): Promise<void> {
    for (const node of this.nodes) await node.query(`SET GLOBAL wsrep_sync_wait = ${level}`)
  }

  /** Ends all nodes. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()))
  }
}

/** One node of a cluster. */
export class GaleraNode {
  readonly name: string
  readonly port: number
  readonly groupAddress: string
  readonly #folder: string
  readonly #ports: readonly number[]
  readonly #options: GaleraOptions
  #address = ''
  #process: OwnProcess | undefined

  constructor(folder: string, name: string, ports: readonly number[], options: GaleraOptions) {
    this.name = name
    this.port = ports[0] ?? 0
    this.groupAddress = `127.0.0.1:${ports[1]}`
    this.#folder = folder
    this.#ports = ports
    this.#options = options
  }

  /** Starts the node, and waits until it is synchronized. The first one begins the cluster. */
  async start(address: string, isFirst = false): Promise<void> {
    this.#address = address
    const data = join(this.#folder, this.name)
    if (!existsSync(data)) empty.copyTo(data)
    const [port, group, missed, copy] = this.#ports
    const providerOptions = [
      `base_host=127.0.0.1;base_port=${group}`,
      `gmcast.listen_addr=tcp://127.0.0.1:${group}`,
      `ist.recv_addr=127.0.0.1:${missed}`,
      'gcache.size=64M',
      ...(this.#options.provider ?? []),
    ]
    this.#process = await OwnProcess.start({
      name: this.name,
      command: '/usr/sbin/mariadbd',
      args: [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${join(data, 'socket')}`,
        `--pid-file=${join(data, 'pid')}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--binlog-format=ROW',
        '--innodb-autoinc-lock-mode=2',
        '--innodb-buffer-pool-size=64M',
        '--innodb-flush-log-at-trx-commit=2',
        '--wsrep-on=ON',
        `--wsrep-provider=${provider}`,
        '--wsrep-cluster-name=sessions',
        `--wsrep-cluster-address=gcomm://${address}`,
        ...(isFirst ? ['--wsrep-new-cluster'] : []),
        `--wsrep-node-name=${this.name}`,
        `--wsrep-node-address=${this.groupAddress}`,
        `--wsrep-sst-receive-address=127.0.0.1:${copy}`,
        '--wsrep-sst-method=rsync',
        `--wsrep-sync-wait=${this.#options.syncWait ?? 0}`,
        `--wsrep-provider-options=${providerOptions.join(';')}`,
      ],
      folder: this.#folder,
      isReady: () => this.isSynced(),
      ...userOf('mysql'),
    })
  }

  /** Starts a node again that was killed. It copies what it has missed from another one. */
  restart(): Promise<void> {
    return patiently(() => this.start(this.#address))
  }

  /** Whether the node answers, and has all that the cluster has. */
  async isSynced(): Promise<boolean> {
    const rows = await this.query("SHOW STATUS LIKE 'wsrep_local_state_comment'").catch(() => [])
    return (rows[0] as { Value?: string } | undefined)?.Value === 'Synced'
  }

  /** Ends the node as a power failure does. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }

  /** Cuts the node off, as a broken network does: it neither answers nor ends. */
  freeze(): void {
    this.#process?.signal('SIGSTOP')
  }

  /** Ends what {@link freeze} has begun. */
  thaw(): void {
    this.#process?.signal('SIGCONT')
  }

  async query(sql: string): Promise<object[]> {
    const connection = await createConnection({
      host: '127.0.0.1',
      port: this.port,
      user: 'root',
      connectTimeout: 2000,
      multipleStatements: true,
    })
    try {
      const [rows] = await connection.query(sql)
      return rows as object[]
    } finally {
      connection.destroy()
    }
  }
}

/** Starts a node up to three times: now and then Galera asks for a thread that has not begun, and ends. */
async function patiently(start: () => Promise<void>): Promise<void> {
  for (let left = 2; ; left--) {
    try {
      return await start()
    } catch (error) {
      if (left === 0) throw error
    }
  }
}
