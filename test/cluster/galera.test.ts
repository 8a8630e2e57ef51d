import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { findingsOf } from '../cli/support/findings.js'
import { cliRows, siteOf } from '../cli/support/site.js'
import { explain } from '../databases/stress/report.js'
import { stress } from '../databases/stress/run.js'
import { type Disturbed, databaseOf, stressDuring } from './disturbed-stress.js'
import { faultsOf } from './findings.js'
import { driversOf, type Galera, galeraNeeds, withGalera } from './galera.js'
import { describeCluster } from './on-demand.js'
import { hold } from './servers/folder.js'

/** The longest that Galera waits for a dead node before the others go on, with some more for a busy machine, in milliseconds. */
const stall = 9000

/** Each ORM on MariaDB through mysql2, with a command line. */
const patients = cliRows.filter(({ name }) => name.includes('through mysql2'))

describeCluster('sessions on three nodes of Galera', galeraNeeds, () => {
  let galera: Galera
  let close: () => Promise<void>

  before(async () => {
    const held = await hold<Galera>((use) => withGalera({ syncWait: 3 }, use))
    galera = held.value
    close = held.close
  })
  after(() => close())

  it('are all there, and no request is refused, with each process on a node of its own', async () => {
    const { cluster, ports } = galera
    const conditions = { ports, settle: () => cluster.settle() }
    for (const [orm, driver] of driversOf(['typeorm', 'sequelize'])) {
      const load = { requests: 500, sessions: 5, parallel: 10 }
      const report = await stress(orm, await databaseOf(orm, driver), load, conditions)
      expect([driver, faultsOf(report), report.counts.refused], explain(report)).to.deep.equal([driver, [], 0])
    }
  })

  it('are told by the doctor to wait for other nodes, unless wsrep_sync_wait is 3', async () => {
    const { cluster } = galera
    for (const row of patients) {
      const site = await siteOf(row, 'galera_patient')
      try {
        expect(await findingsOf(site)).to.deep.equal({})
        await cluster.syncWait(0)
        const [found] = (await findingsOf(site)).wsrep_sync_wait ?? []
        expect(found?.problem).to.contain('wsrep_sync_wait is 0 on a Galera cluster: a login on one node')
        expect(found?.cure).to.contain('Set wsrep_sync_wait = 3')
      } finally {
        await cluster.syncWait(3)
        await site.close()
      }
    }
  })

  for (const orm of ['typeorm', 'sequelize'] as const)
    it(`are all there when a node is killed, and answer again through a proxy: ${orm}`, async () => {
      const { report, events } = await killed(orm, galera).finally(() => galera.cluster.nodes[1]?.restart())
      expect(faultsOf(report), explain(report)).to.deep.equal([])
      const since = events.get('recovered') ?? 0
      const later = report.log.filter(({ sentAt }) => sentAt > since)
      expect(later.filter(({ outcome }) => outcome === 'refused').length).to.equal(0)
      expect(later.filter(({ outcome }) => outcome === 'stored').length).to.be.greaterThan(20)
    })
})

function killed(orm: 'typeorm' | 'sequelize', { cluster, proxyPort }: Galera): Promise<Disturbed> {
  const conditions = { perSecond: 40, ports: [proxyPort], settle: () => cluster.settle() }
  const happen = async (mark: (event: string) => void): Promise<void> => {
    await wait(1500)
    await cluster.nodes[1]?.kill()
    mark('killed')
    await cluster.shrunkTo(2, stall)
    await wait(1000) // for the proxy, which asks the nodes twice a second
    mark('recovered')
    await wait(2000)
  }
  return stressDuring(orm, 'through mysql2', happen, conditions)
}
