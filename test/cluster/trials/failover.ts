import { setTimeout as wait } from 'node:timers/promises'
import type { Job } from '../../databases/stress/job.js'
import { type Disturbed, stressDuring, useServer } from '../disturbed-stress.js'
import { type Closing, inFolder } from '../servers/folder.js'
import { PostgresServer, type Settings } from '../servers/postgres.js'
import { type Node, postgresProxy } from '../servers/postgres-proxy.js'
import { roleCheck } from '../servers/role-check.js'

/** How the proxy finds the primary: it asks for the role, or only whether the port is open. */
export type Check = 'role' | 'tcp'

export interface FailoverOptions {
  readonly check: Check
  /** How long it takes until the standby is promoted, in milliseconds. */
  readonly outage?: number
  /** How far the standby is behind, as PostgreSQL writes it. What it has not applied yet, it applies before it takes writes. */
  readonly lag?: string
  /** The settings of the primary, such as `synchronous_standby_names`. */
  readonly settings?: Settings
}

/** The primary is killed under load; its standby is promoted a while later; the proxy follows. */
export function failover(
  orm: Job['orm'],
  ports: readonly number[],
  { check, outage = 2000, lag = '1500ms', settings = {} }: FailoverOptions,
): Promise<Disturbed> {
  const [primaryPort = 0, standbyPort = 0, proxyPort = 0, ...checks] = ports
  return inFolder('failover', async (folder, closing) => {
    const primary = await PostgresServer.primary(folder, 'primary', primaryPort)
    closing(() => primary.kill())
    await primary.query('CREATE DATABASE sessions')
    const standby = await primary.standby('standby', standbyPort, { recovery_min_apply_delay: lag })
    closing(() => standby.kill())
    await primary.configure(settings)
    const asked = check === 'role' ? checks : []
    const nodes = await Promise.all([primary, standby].map((server, index) => nodeOf(server, asked[index], closing)))
    const proxy = await postgresProxy(folder, proxyPort, nodes)
    closing(() => proxy.stop())
    useServer('postgres', { port: proxyPort, database: 'sessions' })
    return stressDuring(orm, 'PostgreSQL', async (mark) => {
      await wait(4000)
      await primary.kill()
      mark('killed')
      await wait(outage)
      await standby.promote()
      mark('promoted')
      await wait(5000)
    })
  })
}

async function nodeOf(server: PostgresServer, check: number | undefined, closing: Closing): Promise<Node> {
  const { name, port } = server
  if (check === undefined) return { name, port }
  const asked = await roleCheck(server, check)
  closing(() => asked.close())
  return { name, port, check }
}
