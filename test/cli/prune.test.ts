import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { hashId } from '../../src/core/codec/id.js'
import { openSession } from '../support/open-session.js'
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

    /** Resolves once a process has removed rows. */
    async function someGone(): Promise<void> {
      while ((await site.open.count('expired').catch(() => rows)) === rows) await sleep(5)
    }

    it('from two processes at once removes each row once', async () => {
      const args = ['prune', '--batch', '50', '--fast']
      const both = [1, 2].map(() => site.spawnJson<Pruned>(args))
      const pruned = await Promise.all(both)
      expect(pruned.reduce((sum, { removed }) => sum + removed, 0)).to.equal(rows)
      expect(await site.open.count('expired')).to.equal(0)
    })

    it('stops cleanly by a signal, and goes on when it is called again', async () => {
      const args = ['prune', '--batch', '1', '--json']
      const stopping = new AbortController()
      const started = (child: ChildProcess): void => {
        stopping.signal.addEventListener('abort', () => child.kill('SIGINT'))
      }
      const isProcess = row === cliRows[0]
      const running = isProcess ? site.spawn(args, { started }) : site.run(args, { signal: stopping.signal })
      await someGone()
      stopping.abort()
      const { code, out } = await running
      const { removed, left, stopped } = JSON.parse(out) as Pruned
      expect({ code, stopped, sum: removed + left }).to.deep.equal({ code: 1, stopped: true, sum: rows })
      expect(removed).to.be.within(1, rows - 1)
      expect(await site.json<Pruned>(['prune', '--fast'])).to.deep.equal({ removed: left, left: 0, stopped: false })
    })

    it('spares the forwarding rows that requests and watches still need', async () => {
      const manager = site.managerWith()
      const { id } = await manager.create({})
      const session = await openSession(manager, id)
      await session.regenerate()
      await session.save()
      expect(await site.json(['prune', '--dry-run'])).to.deep.equal({ expired: rows })
      expect(await site.json(['prune', '--fast'])).to.deep.equal({ removed: rows, left: 0, stopped: false })
      expect((await openSession(manager, id)).isNew).to.equal(false)
    })
  })
}
