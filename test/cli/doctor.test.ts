import { expect } from 'chai'
import { cliRows, type Site, siteOf } from './support/site.js'

interface Check {
  readonly check: string
  readonly state: string
  readonly findings: readonly { readonly problem: string; readonly cure: string }[]
}

const keys = ['11', '22'].map((byte) => byte.repeat(32))

/** The statements that damage a table, by database. `?` is the table. */
const damages: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['ALTER TABLE ? DROP COLUMN version'],
  postgres: [
    'ALTER TABLE ? DROP COLUMN version',
    'ALTER TABLE ? ALTER COLUMN expires TYPE timestamp',
    'ALTER TABLE ? SET (autovacuum_enabled = false)',
  ],
  mariadb: [
    'ALTER TABLE ? DROP COLUMN version',
    "ALTER TABLE ? MODIFY createdAt timestamp NOT NULL DEFAULT '1970-01-02 00:00:00' ON UPDATE CURRENT_TIMESTAMP",
    'ALTER TABLE ? MODIFY data text CHARACTER SET latin1',
    'ALTER TABLE ? MODIFY label varchar(200) CHARACTER SET latin1',
  ],
}

const expected: Readonly<Record<string, readonly string[]>> = {
  sqlite: ['table', 'cookie'],
  postgres: ['table', 'moments', 'clock', 'cookie', 'autovacuum'],
  mariadb: ['table', 'data column', 'moments', 'character sets', 'clock', 'cookie'],
}

for (const row of cliRows) {
  describe(`the doctor: ${row.name}`, () => {
    const database = row.server ?? 'sqlite'
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, 'cli_patient')
    })
    afterEach(() => site.close())

    it('finds nothing in a healthy table', async () => {
      await site.managerWith({ encryptionKeys: [keys[0] ?? ''] }).create({ userId: 1 })
      const { out } = await site.run(['doctor', '--json'], { env: { CLI_KEYS: keys[0] } })
      const { checks } = JSON.parse(out) as { checks: Check[] }
      // Servers for tests may run without autovacuum.
      const sick = checks.filter(({ check, findings }) => check !== 'autovacuum' && findings.length > 0)
      expect(sick).to.deep.equal([])
      const ofServers = database === 'sqlite' ? 'skipped' : 'ok'
      const states = Object.fromEntries(checks.map(({ check, state }) => [check, state]))
      expect(states).to.include({
        table: 'ok',
        indexes: 'ok',
        'read after write': 'ok',
        cookie: 'ok',
        'encryption keys': 'ok',
      })
      expect(states).to.include({
        'id column': ofServers,
        moments: ofServers,
        clock: ofServers,
        'pool size': ofServers,
      })
      expect(await site.open.dump()).to.have.length(1)
    })

    it('names what is wrong, each with its cure, and exits with 3', async () => {
      for (const sql of damages[database] ?? []) await site.open.execute(sql)
      const env = { CLI_CLOCK_AHEAD: '60000', CLI_INSECURE: '1', NODE_ENV: 'production' }
      const { code, out } = await site.run(['doctor', '--json'], { env })
      expect(code).to.equal(3)
      const { checks } = JSON.parse(out) as { checks: Check[] }
      const sick = checks.filter(({ findings }) => findings.length > 0).map(({ check }) => check)
      expect(sick).to.include.members([...(expected[database] ?? [])])
      const texts = checks.flatMap(({ findings }) => findings)
      for (const { problem, cure } of texts) expect([problem, cure].join('').length).to.be.greaterThan(20)
    })

    it('names the index that is missing, by a statement that adds it', async () => {
      const { statements } = await site.json<{ statements: string[] }>(['ddl'])
      await site.open.execute('DROP TABLE ?')
      const isOfExpiry = (sql: string): boolean => /INDEX.*expires/.test(sql) && !sql.startsWith('CREATE TABLE')
      const without = statements.map((sql) => sql.replace(/, INDEX `[^`]*` \(`expires`\)/, ''))
      for (const sql of without.filter((one) => !isOfExpiry(one))) await site.open.execute(sql)
      const { code, out } = await site.run(['doctor'])
      expect(code).to.equal(3)
      const [, cure = ''] = /→ Add one by a migration: (CREATE INDEX .*)/.exec(out) ?? []
      await site.open.execute(cure)
      expect((await site.run(['doctor'])).out).to.contain('✔ indexes')
    })

    it('finds rows whose key is gone, and rows of a former key', async () => {
      const [first = '', second = ''] = keys
      await site.managerWith({ encryptionKeys: [first] }).create({ theme: 'dark' } as object)
      const gone = await site.run(['doctor'], { env: { CLI_KEYS: second } })
      expect(gone.code).to.equal(3)
      expect(gone.out).to.contain('1 of 1 living sessions is encrypted with keys that are not in encryptionKeys')
      const former = await site.run(['doctor'], { env: { CLI_KEYS: `${second},${first}` } })
      expect(former.out).to.contain('koa-session-model reencrypt')
    })
  })
}
