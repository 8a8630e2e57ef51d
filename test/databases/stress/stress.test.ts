import { expect } from 'chai'
import { reachable } from '../../support/matrix.js'
import { databasesOf } from './databases.js'
import { explain } from './report.js'
import { stress } from './run.js'

// The short form of `npm run stress`.
const load = { sessions: 20, parallel: 50, requests: 500 }

/** What PostgreSQL answers with "try again" for, which no request hears of. */
const tryAgain = [{ isolation: 'serializable' }, { isolation: 'repeatable read' }, { partitions: 4 }]

for (const orm of ['typeorm', 'sequelize'] as const) {
  for (const database of await reachable(await databasesOf(orm))) {
    describe(`four processes under load: ${database.name}`, () => {
      it('lose nothing that was acknowledged, and bring nothing back that was ended', async () => {
        const report = await stress(orm, database, load)
        const { lost, revived, leaked, failed, refused } = report.counts
        expect({ lost, revived, leaked, failed }, explain(report)).to.deep.equal({
          lost: 0,
          revived: 0,
          leaked: 0,
          failed: 0,
        })
        expect(report.conflicts).to.be.greaterThan(0)
        expect(refused, explain(report)).to.be.lessThan(load.requests / 50)
      }).timeout(120_000)

      for (const conditions of database.server === 'postgres' ? tryAgain : []) {
        it(`lose nothing, and refuse nothing, where much has to be tried again: ${JSON.stringify(conditions)}`, async () => {
          const report = await stress(orm, database, load, conditions)
          const { lost, revived, leaked, failed, refused } = report.counts
          expect({ lost, revived, leaked, failed, refused }, explain(report)).to.deep.equal({
            lost: 0,
            revived: 0,
            leaked: 0,
            failed: 0,
            refused: 0,
          })
        }).timeout(120_000)
      }
    })
  }
}
