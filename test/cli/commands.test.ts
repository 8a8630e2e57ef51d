import { expect } from 'chai'
import { cliRows, type Site, siteOf } from './support/site.js'

for (const row of cliRows) {
  describe(`the command line: ${row.name}`, () => {
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, 'cli_sessions')
    })
    afterEach(() => site.close())

    it('stats counts living and expired rows, also by a column', async () => {
      await fill(site, { living: 3, expired: 2 })
      const stats = await site.json<Record<string, unknown>>(['stats', '--by', 'userId'])
      expect(stats).to.include({ total: 5, living: 3, expired: 2, markers: 0 })
      expect(stats.by).to.deep.equal({
        column: 'userId',
        values: [
          { value: 1, count: 2 },
          { value: 2, count: 1 },
        ],
      })
      expect(stats.expiry).to.deep.include({ within: 'within 30 days', count: 3 })
      expect(new Date(stats.oldest as string).getTime()).to.be.closeTo(Date.now(), 60_000)
      expect((stats.dataBytes as { largest: number }).largest).to.be.greaterThan(10)
    })

    it('list shows columns, and no data', async () => {
      await fill(site, { living: 3, expired: 1 })
      const { sessions } = await site.json<{ sessions: { columns: object }[] }>(['list', '--where', 'userId=1'])
      expect(sessions.map(({ columns }) => columns)).to.deep.equal([
        { userId: 1, label: 'a' },
        { userId: 1, label: 'a' },
      ])
      expect((await site.json<{ sessions: object[] }>(['list', '--limit', '2'])).sessions).to.have.length(2)
      const { out, err } = await site.run(['list'])
      expect(err).to.equal('')
      expect((await site.run(['list'], { env: { CLI_RAW_IDS: '1' } })).err).to.contain('may open their sessions')
      expect(out.match(/ a /g)).to.have.length(3)
      expect(out).to.not.contain('secret')
    })

    it('show redacts the data, unless it is asked for', async () => {
      const manager = site.managerWith()
      const { id } = await manager.create({ userId: 7, theme: 'secret' } as object)
      const rowId = manager.rowId(id)
      expect(await site.json(['show', rowId])).to.deep.include({ state: 'alive', data: { theme: '[redacted]' } })
      expect(await site.json(['show', rowId, '--data'])).to.deep.include({ data: { theme: 'secret' } })
      const missing = await site.run(['show', 'x'])
      expect(missing.code).to.equal(1)
      expect(missing.err).to.match(/^koa-session-model: There is no row with this id\. .*\n$/)
    })

    it('revoke ends the sessions of a condition, only if it is sure', async () => {
      await fill(site, { living: 3, expired: 0 })
      const unsure = await site.run(['revoke', '--where', 'userId=1'])
      expect(unsure).to.deep.include({ code: 2, out: '' })
      expect(unsure.err).to.contain('End 2 sessions?').and.contain('--yes')
      expect(await site.json(['revoke', '--where', 'userId=1', '--dry-run'])).to.deep.include({ sessions: 2 })
      expect(await site.json(['revoke', '--where', 'userId=1', '--yes'])).to.deep.equal({ revoked: 2 })
      expect(await site.json(['revoke', '--all', '--yes'])).to.deep.equal({ revoked: 1 })
    })

    it('prune removes what is expired', async () => {
      await fill(site, { living: 2, expired: 5 })
      expect(await site.json(['prune', '--dry-run'])).to.deep.equal({ expired: 5 })
      expect(await site.json(['prune', '--batch', '2'])).to.deep.equal({ removed: 5, left: 0, stopped: false })
      expect(await site.open.count('expired')).to.equal(0)
      expect(await site.open.count('active')).to.equal(2)
    })

    it('ends by itself as a process of its own, with its exit code', async () => {
      await fill(site, { living: 2, expired: 1 })
      const { code, out, err } = await site.spawn(['stats', '--json'])
      expect({ code, err }).to.deep.equal({ code: 0, err: '' })
      expect(JSON.parse(out)).to.include({ total: 3, living: 2 })
    })

    it('refuses a condition on a column that is not there', async () => {
      const { code, err, out } = await site.run(['revoke', '--where', 'nope=1', '--yes'])
      expect({ code, out }).to.deep.equal({ code: 2, out: '' })
      expect(err).to.equal('koa-session-model: The model WebSession has no column nope. It has: userId, label, id.\n')
    })

    it('tells in one line that the table is missing', async () => {
      await site.open.execute('DROP TABLE ?')
      for (const args of [['stats'], ['list'], ['prune'], ['revoke', '--all', '--yes']]) {
        const { code, err, out } = await site.run(args)
        expect({ code, out }, args[0]).to.deep.equal({ code: 1, out: '' })
        expect(err, args[0]).to.match(/^koa-session-model: [^\n]*cli_sessions[^\n]*\n$/)
      }
    })
  })
}

async function fill(site: Site, { living, expired }: { living: number; expired: number }): Promise<void> {
  const day = 86_400_000
  const past = site.managerWith({ now: () => Date.now() - 30 * day })
  for (let n = 0; n < expired; n++) await past.create({ userId: 9 })
  const present = site.managerWith()
  for (let n = 0; n < living; n++)
    await present.create({ userId: n % 2 === 0 ? 1 : 2, label: 'a', theme: 'secret' } as object)
}
