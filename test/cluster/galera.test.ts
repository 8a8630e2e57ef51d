import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'chai'
import { explain } from '../databases/stress/report.js'
import { stress } from '../databases/stress/run.js'
import { type Disturbed, databaseOf, stressDuring } from './disturbed-stress.js'
import { faultsOf } from './findings.js'
import { driversOf, type Galera, galeraNeeds, withGalera } from './galera.js'
import { describeCluster } from './on-demand.js'

/** How long Galera waits for a dead node before the others go on, with some more for a busy machine, in milliseconds. */
const stall = 9000

describeCluster('sessions on three nodes of Galera', galeraNeeds, () => {
  it('are all there, and no request is refused, with each process on a node of its own', async () => {
    await withGalera({ syncWait: 3 }, async ({ cluster, ports }) => {
      const conditions = { ports, settle: () => cluster.settle() }
      for (const [orm, driver] of driversOf(['typeorm', 'sequelize'])) {
        const load = { requests: 500, sessions: 5, parallel: 10 }
        const report = await stress(orm, await databaseOf(orm, driver), load, conditions)
        expect([driver, faultsOf(report), report.counts.refused], explain(report)).to.deep.equal([driver, [], 0])
      }
    })
  })

  for (const orm of ['typeorm', 'sequelize'] as const)
    it(`are all there when a node is killed, and answer again through a proxy: ${orm}`, async () => {
      const { report, events } = await withGalera({ syncWait: 3 }, (galera) => killed(orm, galera))
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
    await wait(stall)
    mark('recovered')
    await wait(2000)
  }
  return stressDuring(orm, 'through mysql2', happen, conditions)
}
