import { chmodSync } from 'node:fs'
import type { Job } from '../databases/stress/job.js'
import { useServer } from './disturbed-stress.js'
import { freePorts } from './ports.js'
import { type Closing, inFolder } from './servers/folder.js'
import { GaleraCluster, type GaleraOptions, portsOfNode } from './servers/galera.js'
import { galeraProxy, syncCheck } from './servers/galera-proxy.js'
import type { Trial } from './trial.js'

/** What the trials of Galera run. */
export const galeraNeeds: Trial['needs'] = {
  '/usr/sbin/mariadbd': 'mariadb-server',
  '/usr/lib/galera/libgalera_smm.so': 'galera-4',
  '/usr/bin/rsync': 'rsync',
  '/usr/sbin/haproxy': 'haproxy',
}

/** The drivers through which the ORMs reach MariaDB. */
const drivers: Readonly<Record<Job['orm'], readonly string[]>> = {
  typeorm: ['mysql2'],
  sequelize: ['through mysql2', 'through mariadb'],
}

/** Each ORM with each of its drivers. */
export function driversOf(orms: readonly Job['orm'][]): [Job['orm'], string][] {
  return orms.flatMap((orm) => drivers[orm].map((driver): [Job['orm'], string] => [orm, driver]))
}

/** Three nodes, and a proxy that leads to those that are synchronized. */
export interface Galera {
  readonly cluster: GaleraCluster
  readonly ports: readonly number[]
  readonly proxyPort: number
}

/** Runs `work` with a cluster of its own. */
export function withGalera<T>(options: GaleraOptions, work: (galera: Galera) => Promise<T>): Promise<T> {
  return inFolder('galera', async (folder, closing) => {
    chmodSync(folder, 0o755) // the nodes run as another user
    return work(await startGalera(folder, closing, options))
  })
}

async function startGalera(folder: string, closing: Closing, options: GaleraOptions): Promise<Galera> {
  const ports = await freePorts(3 * portsOfNode)
  const cluster = await GaleraCluster.start(folder, ports, options)
  closing(() => cluster.stop())
  const [proxyPort = 0, ...checks] = await freePorts(1 + cluster.nodes.length)
  const checked = cluster.nodes.map((node, index) => ({ node, check: checks[index] ?? 0 }))
  for (const node of checked) {
    const check = await syncCheck(node)
    closing(() => check.close())
  }
  const proxy = await galeraProxy(folder, proxyPort, checked)
  closing(() => proxy.stop())
  useServer('mariadb', { port: cluster.nodes[0]?.port ?? 0, database: 'sessions' })
  return { cluster, proxyPort, ports: cluster.nodes.map(({ port }) => port) }
}
