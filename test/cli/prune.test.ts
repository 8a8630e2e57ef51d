import { expect } from 'chai'
import { hashId } from '../../src/core/codec/id.js'
import { cliRows, type Site, siteOf } from './support/site.js'

interface Pruned {
  readonly removed: number
  readonly left: number
  readonly stopped: boolean
}

const rows = 4000

for (const row of cliRows) {
  describe(`prune: ${row.name}`, () => {
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, 'cli_pruned')
      const { backend } = site.managerWith().options
      const past = new Date(Date.now() - 86_400_000)
      const batch = (from: number) =>
        Array.from({ length: 500 }, (_, n) => ({
          id: hashId(String(from + n)),
          data: '{}',
          expires: past,
          createdAt: past,
          version: 1,
          columns: {},
        }))
      for (let from = 0; from < rows; from += 500) await backend.insert(batch(from))
    })
    afterEach(() => site.close())

    it('from two processes at once removes each row once', async () => {
      const both = [1, 2].map(() => site.spawnJson<Pruned>(['prune', '--batch', '50', '--fast']))
      const pruned = await Promise.all(both)
      expect(pruned.reduce((sum, { removed }) => sum + removed, 0)).to.equal(rows)
      expect(await site.open.count('expired')).to.equal(0)
    })

    it('stops cleanly, and goes on when it is called again', async () => {
      const { code, out } = await site.spawn(['prune', '--batch', '1', '--json'], {
        started: (child) => {
          const watch = setInterval(async () => {
            if ((await site.open.count('expired').catch(() => rows)) === rows || child.killed) return
            child.kill('SIGINT')
          }, 20)
          child.once('exit', () => clearInterval(watch))
        },
      })
      const { removed, left, stopped } = JSON.parse(out) as Pruned
      expect({ code, stopped, sum: removed + left }).to.deep.equal({ code: 1, stopped: true, sum: rows })
      expect(removed).to.be.within(1, rows - 1)
      expect(await site.json<Pruned>(['prune', '--fast'])).to.deep.equal({ removed: left, left: 0, stopped: false })
    })
  })
}
