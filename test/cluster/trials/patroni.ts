import { setTimeout as wait } from 'node:timers/promises'
import type { Job } from '../../databases/stress/job.js'
import { type Disturbed, stressDuring, useServer } from '../disturbed-stress.js'
import { inFolder } from '../servers/folder.js'
import { etcd, PatroniMember } from '../servers/patroni.js'
import { pgClient } from '../servers/pg.js'
import { postgresProxy } from '../servers/postgres-proxy.js'

/** The machine of the primary is lost under load: Patroni promotes the other member, and the proxy follows. */
export function patroni(orm: Job['orm'], ports: readonly number[]): Promise<Disturbed> {
  const [etcdPort = 0, peerPort = 0, proxyPort = 0, ...others] = ports
  return inFolder('patroni', async (folder, closing) => {
    const keeper = await etcd(folder, etcdPort, peerPort)
    closing(() => keeper.stop())
    const members: PatroniMember[] = []
    for (const [index, name] of ['one', 'two'].entries()) {
      const [postgres = 0, rest = 0] = others.slice(2 * index)
      const member = await PatroniMember.start(folder, name, { postgres, rest }, etcdPort)
      closing(() => member.stop())
      members.push(member)
      if (index === 0) await until(() => member.isPrimary())
    }
    const [first, second] = members as [PatroniMember, PatroniMember]
    const client = await pgClient({ host: '127.0.0.1', port: first.port, user: 'postgres', database: 'postgres' })
    await client.query('CREATE DATABASE sessions')
    await client.end()
    await until(() => second.isStandby())
    const nodes = members.map(({ name, port, rest }) => ({ name, port, check: rest }))
    const proxy = await postgresProxy(folder, proxyPort, nodes)
    closing(() => proxy.stop())
    useServer('postgres', { port: proxyPort, database: 'sessions' })
    return stressDuring(orm, 'PostgreSQL', async (mark) => {
      await wait(4000)
      await first.kill()
      mark('killed')
      await until(() => second.isPrimary())
      mark('promoted')
      await wait(5000)
    })
  })
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await wait(50)
}
