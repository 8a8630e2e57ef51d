import { expect } from 'chai'
import { faultsOf } from './findings.js'
import { describeCluster } from './on-demand.js'
import { freePorts } from './ports.js'
import { failover } from './trials/failover.js'
import { isolation } from './trials/isolation.js'
import { throughPgbouncer } from './trials/pgbouncer.js'
import { failoverTrial, isolationTrial, pgbouncerTrial } from './trials/postgres.js'

const orms = ['typeorm', 'sequelize'] as const

describeCluster('sessions through PgBouncer', pgbouncerTrial.needs, () => {
  for (const orm of orms)
    it(`are all there, and no request is refused: ${orm}`, async () => {
      const report = await throughPgbouncer(orm, await freePorts(2), 1500)
      expect([faultsOf(report), report.counts.refused]).to.deep.equal([[], 0])
    })
})

describeCluster('sessions where transactions are serializable', isolationTrial.needs, () => {
  for (const orm of orms)
    it(`are all there, and no request is refused: ${orm}`, async () => {
      const report = await isolation(orm, 'PostgreSQL', 'serializable', await freePorts(1), 1000)
      expect([faultsOf(report), report.counts.refused]).to.deep.equal([[], 0])
    })
})

describeCluster('sessions while the primary is killed and its standby promoted', failoverTrial.needs, () => {
  const settings = { synchronous_standby_names: 'standby' }
  for (const [orm, check] of [
    ['typeorm', 'role'],
    ['sequelize', 'tcp'],
  ] as const)
    it(`are all there, and living ones are never unknown: ${orm}, proxy with a ${check} check`, async () => {
      const { report } = await failover(orm, await freePorts(5), { check, settings })
      expect(faultsOf(report)).to.deep.equal([])
      expect(report.counts.refused).to.be.greaterThan(0)
    })
})
