import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { cliRows, type Site, siteOf } from './support/site.js'

const [former, current] = ['11'.repeat(32), '22'.repeat(32)] as const

for (const row of cliRows) {
  describe(`the rows that are rewritten: ${row.name}`, () => {
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, 'cli_rewritten')
    })
    afterEach(() => site.close())

    it('reencrypt: all have the current key, while requests change them, and none lives longer', async () => {
      const before = site.managerWith({ encryptionKeys: [former] })
      const created = []
      for (let n = 0; n < 20; n++) created.push(await before.create({ userId: n, count: 0 } as object))
      const expiries = await Promise.all(created.map(({ id }) => expiryOf(site, before.rowId(id))))
      const during = site.managerWith({ encryptionKeys: [current, former] })
      const env = { CLI_KEYS: `${current},${former}` }
      let isOver = false
      const command = site.spawnJson<Rewritten>(['reencrypt', '--batch', '3'], { env }).finally(() => {
        isOver = true
      })
      const changed = created.slice(0, 2).map(({ id }) => changeUntil(during, id, () => isOver))
      const { rewritten, skipped, failed } = await command
      const counts = await Promise.all(changed)
      expect(failed).to.equal(0)
      expect(rewritten + skipped).to.equal(20)
      const after = site.managerWith({ encryptionKeys: [current] })
      for (const [n, { id }] of created.entries()) {
        expect(await after.get(id)).to.include({ userId: n, count: counts[n] ?? 0 })
      }
      const untouched = created.slice(2).map(({ id }) => expiryOf(site, before.rowId(id)))
      expect(await Promise.all(untouched)).to.deep.equal(expiries.slice(2))
      expect(await site.json<Rewritten>(['reencrypt'], { env })).to.include({ rewritten: 0, skipped: 20 })
    })

    it('rehash: sessions that were stored under their ids are found by the hashes', async () => {
      const raw = site.managerWith({ hashIds: false, encryptionKeys: [former] })
      const created = []
      for (let n = 0; n < 5; n++) created.push(await raw.create({ userId: n, n } as object))
      const refused = await site.run(['rehash', '--yes'], { env: { CLI_RAW_IDS: '1', CLI_KEYS: former } })
      expect(refused.code).to.equal(2)
      const env = { CLI_KEYS: former }
      expect((await site.run(['rehash'], { env })).code).to.equal(2)
      expect(await site.json<Rewritten>(['rehash', '--yes', '--batch', '2'], { env })).to.include({
        failed: 0,
        stopped: false,
      })
      const hashed = site.managerWith({ encryptionKeys: [former] })
      for (const [n, { id }] of created.entries()) expect(await hashed.get(id)).to.include({ userId: n, n })
    })
  })
}

interface Rewritten {
  readonly rewritten: number
  readonly skipped: number
  readonly failed: number
}

async function expiryOf({ open }: Site, rowId: string): Promise<number | undefined> {
  return (await open.row(rowId))?.expires.getTime()
}

/** Counts in a session, as requests do. Resolves to the number that it must have. */
async function changeUntil(
  manager: ReturnType<Site['managerWith']>,
  id: string,
  isOver: () => boolean,
): Promise<number> {
  let count = 0
  while (!isOver()) {
    await setImmediate() // better-sqlite3 answers at once, and nothing else would run
    const properties = await manager.get(id)
    await manager.set(id, { ...properties, count: ++count } as object)
  }
  return count
}
