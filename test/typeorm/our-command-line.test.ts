import { expect } from 'chai'
import { describe, it } from 'mocha'
import { cliRows, siteOf } from '../cli/support/site.js'
import { typeormVersion } from '../support/typeorm-rows.js'
import { tableName } from './support/data-sources.js'

interface Check {
  readonly check: string
  readonly findings: readonly object[]
}

/** test/cli has the rest. This runs on both versions of TypeORM. */
for (const row of cliRows.filter(({ name }) => name.startsWith('TypeORM'))) {
  describe(`the command line of sessions: ${row.name}`, () => {
    it('counts, removes what has expired, and finds nothing wrong', async () => {
      const site = await siteOf(row, tableName('counted'))
      try {
        const yesterday = site.managerWith({ now: () => Date.now() - 30 * 86_400_000 })
        for (let n = 0; n < 3; n++) await yesterday.create({ userId: n })
        await site.managerWith().create({ userId: 7 })
        expect(row.name).to.contain(`TypeORM ${typeormVersion},`)
        expect(await site.json('stats --by userId'.split(' '))).to.deep.include({
          total: 4,
          living: 1,
          expired: 3,
          by: { column: 'userId', values: [{ value: 7, count: 1 }] },
        })
        expect(await site.json(['prune'])).to.deep.equal({ removed: 3, left: 0, stopped: false })
        const { out } = await site.run(['doctor', '--json'])
        const { checks } = JSON.parse(out) as { checks: Check[] }
        expect(checks.filter(({ check, findings }) => check !== 'autovacuum' && findings.length > 0)).to.deep.equal([])
      } finally {
        await site.close()
      }
    })
  })
}
