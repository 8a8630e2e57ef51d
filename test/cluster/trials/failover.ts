import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Job } from '../../databases/stress/job.js'
import { type Disturbed, stressDuring, useServer } from '../disturbed-stress.js'
import { PostgresServer, type Settings } from '../servers/postgres.js'
import { postgresProxy } from '../servers/postgres-proxy.js'
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
export async function failover(
  orm: Job['orm'],
  ports: readonly number[],
  { check, outage = 2000, lag = '1500ms', settings = {} }: FailoverOptions,
): Promise<Disturbed> {
  const [primaryPort = 0, standbyPort = 0, proxyPort = 0, ...checks] = ports
  const folder = await mkdtemp(join(tmpdir(), 'failover-'))
  const closing: (() => unknown)[] = []
  try {
    const primary = await PostgresServer.primary(folder, 'primary', primaryPort)
    closing.unshift(() => primary.kill())
    await primary.query('CREATE DATABASE sessions')
    const standby = await primary.standby('standby', standbyPort, { recovery_min_apply_delay: lag })
    closing.unshift(() => standby.kill())
    for (const [name, value] of Object.entries(settings)) await primary.query(`ALTER SYSTEM SET ${name} = '${value}'`)
    await primary.query('SELECT pg_reload_conf()')
    const nodes = []
    for (const [index, server] of [primary, standby].entries()) {
      const { name, port } = server
      const asked = checks[index] ?? 0
      if (check === 'role') {
        const answering = await roleCheck(server, asked)
        closing.unshift(() => answering.close())
      }
      nodes.push({ name, port, ...(check === 'role' && { check: asked }) })
    }
    const proxy = await postgresProxy(folder, proxyPort, nodes)
    closing.unshift(() => proxy.stop())
    useServer('postgres', { port: proxyPort, database: 'sessions' })
    return await stressDuring(orm, 'PostgreSQL', async (mark) => {
      await wait(4000)
      await primary.kill()
      mark('killed')
      await wait(outage)
      await standby.promote()
      mark('promoted')
      await wait(5000)
    })
  } finally {
    for (const close of closing) await close()
    await rm(folder, { recursive: true, force: true })
  }
}
