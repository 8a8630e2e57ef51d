import { expect } from 'chai'
import { cliRows, type Site, siteOf } from './support/site.js'

interface Check {
  readonly check: string
  readonly state: string
  readonly findings: readonly { readonly problem: string; readonly cure: string }[]
}

/** What is wrong: the check that must find it, and a part of the problem that it must tell. */
type Fault = readonly [check: string, problem: RegExp]

/** Faults of a table, and of the config or the connection. */
interface Case {
  /** The statements that damage the table. `?` is the table. */
  readonly damages: readonly string[]
  /** What the config reads. */
  readonly env?: NodeJS.ProcessEnv
  readonly faults: readonly Fault[]
}

const keys = ['11', '22'].map((byte) => byte.repeat(32))
/** More than the packets of a server take whose `max_allowed_packet` was not raised beyond its largest value. */
const gibibyte = '1073741824'

const configured = { CLI_CLOCK_AHEAD: '60000', CLI_LIMIT: 'userId' }
const ofConfig: readonly Fault[] = [
  ['table', /has no column version/],
  ['indexes', /The option limit looks for rows by the column userId/],
]
const ofServers: readonly Fault[] = [
  ['clock', /60 s ahead of that of the database/],
  ['pool size', /has 1 connection/],
]
const onServer = { ...configured, CLI_POOL: '1' }

/** The checks that fail where a column is missing. */
const withoutColumn = ['read after write', 'encryption keys']

/** By database: first many faults at once, then those that leave no place for others in the same column. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  sqlite: [{ damages: ['ALTER TABLE ? DROP COLUMN version'], env: configured, faults: ofConfig }],
  postgres: [
    {
      damages: [
        'ALTER TABLE ? DROP COLUMN version',
        'ALTER TABLE ? ALTER COLUMN id TYPE varchar(60)',
        'ALTER TABLE ? ALTER COLUMN data TYPE varchar(1000)',
        'ALTER TABLE ? ALTER COLUMN expires TYPE timestamp',
        'ALTER TABLE ? SET (autovacuum_enabled = false)',
      ],
      env: { ...onServer, CLI_ISOLATION: 'repeatable read' },
      faults: [
        ...ofConfig,
        ...ofServers,
        ['id column', /id is character varying\(60\), and ids have 64 characters/],
        ['data column', /holds 1000 B; the option maxDataBytes allows 1.0 MiB/],
        ['moments', /expires is timestamp without time zone/],
        ['isolation level', /is repeatable read/],
        ['autovacuum', /is off for the table/],
      ],
    },
  ],
  mariadb: [
    {
      damages: [
        'ALTER TABLE ? DROP COLUMN version',
        'ALTER TABLE ? MODIFY id varchar(60) NOT NULL',
        "ALTER TABLE ? MODIFY createdAt timestamp NOT NULL DEFAULT '1970-01-02 00:00:00' ON UPDATE CURRENT_TIMESTAMP",
        'ALTER TABLE ? MODIFY data text CHARACTER SET utf8mb4',
        'ALTER TABLE ? MODIFY label varchar(200) CHARACTER SET latin1',
      ],
      env: { ...onServer, CLI_MAX_DATA_BYTES: gibibyte, CLI_ISOLATION: 'READ UNCOMMITTED' },
      faults: [
        ...ofConfig,
        ...ofServers,
        ['id column', /id is varchar\(60\), and ids have 64 characters/],
        ['data column', /is text, which holds 64.0 KiB; the option maxDataBytes allows 1.0 GiB/],
        ['moments', /createdAt is timestamp with ON UPDATE/],
        ['character sets', /label has the character set latin1/],
        ['max_allowed_packet', /a session of maxDataBytes \(1.0 GiB\) needs 1.0 GiB/],
        ['isolation level', /is read uncommitted/],
      ],
    },
    {
      damages: [
        'ALTER TABLE ? MODIFY id varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL',
        'ALTER TABLE ? MODIFY data longtext CHARACTER SET latin1',
      ],
      env: { CLI_RAW_IDS: '1' },
      faults: [
        ['id column', /collation utf8mb4_general_ci, which takes ids that differ in case for one/],
        ['data column', /has the character set latin1/],
      ],
    },
  ],
}

/** 10,000 rows that expired a day ago. */
const backlogs: Readonly<Record<string, string>> = {
  sqlite: `INSERT INTO ? (id, data, expires, createdAt, version)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    SELECT 'x' || i, '{}', sample.expires, sample.createdAt, 1 FROM n, cli_patient AS sample`,
  postgres: `INSERT INTO ? (id, data, expires, "createdAt", version)
    SELECT 'x' || i, '{}', sample.expires, sample."createdAt", 1 FROM generate_series(1, 10000) AS i, cli_patient AS sample`,
  mariadb: `INSERT INTO ? (id, data, expires, createdAt, version)
    SELECT CONCAT('x', seq), '{}', sample.expires, sample.createdAt, 1 FROM seq_1_to_10000, cli_patient AS sample`,
}

for (const row of cliRows) {
  describe(`the doctor: ${row.name}`, () => {
    const database = row.server ?? 'sqlite'
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, 'cli_patient')
    })
    afterEach(() => site.close())

    /** Damages the table, and resolves to the checks that found something. */
    async function examine(env: NodeJS.ProcessEnv = {}, damages: readonly string[] = []): Promise<Check[]> {
      for (const sql of damages) await site.open.execute(sql)
      const { code, out, err } = await site.run(['doctor', '--json'], { env })
      expect(code, err).to.equal(3)
      const { checks } = JSON.parse(out) as { checks: Check[] }
      return checks.filter(({ findings }) => findings.length > 0)
    }

    it('finds nothing in a healthy table', async () => {
      await site.managerWith({ encryptionKeys: [keys[0] ?? ''] }).create({ userId: 1 })
      const { out } = await site.run(['doctor', '--json'], { env: { CLI_KEYS: keys[0] } })
      const { checks } = JSON.parse(out) as { checks: Check[] }
      // Servers for tests may run without autovacuum.
      const sick = checks.filter(({ check, findings }) => check !== 'autovacuum' && findings.length > 0)
      expect(sick).to.deep.equal([])
      const ofServer = database === 'sqlite' ? 'skipped' : 'ok'
      const states = Object.fromEntries(checks.map(({ check, state }) => [check, state]))
      for (const name of ['table', 'indexes', 'read after write', 'cookie', 'encryption keys', 'expired rows'])
        expect(states[name], name).to.equal('ok')
      for (const name of ['id column', 'data column', 'moments', 'clock', 'isolation level', 'pool size'])
        expect(states[name], name).to.equal(ofServer)
      for (const name of ['character sets', 'max_allowed_packet'])
        expect(states[name], name).to.equal(database === 'mariadb' ? 'ok' : 'skipped')
      expect(await site.open.dump()).to.have.length(1)
    })

    for (const { damages, env, faults } of cases[database] ?? []) {
      it(`names what is wrong, each with its cure: ${faults.map(([check]) => check).join(', ')}`, async () => {
        const sick = await examine(env, damages)
        for (const [name, problem] of faults) {
          const findings = sick.find(({ check }) => check === name)?.findings ?? []
          const found = findings.find((one) => problem.test(one.problem))
          expect(found, `${name}: ${findings.map((one) => one.problem).join(' ')}`).to.not.equal(undefined)
          expect(found?.cure.length, name).to.be.greaterThan(10)
        }
        const names = faults.map(([check]) => check)
        const others = names.includes('table') ? withoutColumn : []
        expect(sick.map(({ check }) => check)).to.have.members([...names, ...others])
      })
    }

    it('says that nobody removes rows that expired long ago', async () => {
      const day = 86_400_000
      await site.managerWith({ now: () => Date.now() - 30 * day }).create({ userId: 1 })
      await site.open.execute(backlogs[database] ?? '')
      const sick = await examine()
      const found = sick.find(({ check }) => check === 'expired rows')
      expect(found?.findings[0]?.problem).to.contain('10001 of 10001 rows have been expired')
    })

    it('names the index that is missing, by a statement that adds it', async () => {
      const { statements } = await site.json<{ statements: string[] }>(['ddl'])
      await site.open.execute('DROP TABLE ?')
      const [missing] = await examine()
      expect(missing?.findings[0]?.problem).to.equal(
        'The table cli_patient of the model WebSession is not in the database.',
      )
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

describe('the doctor as a process of its own', () => {
  it('reads NODE_ENV, and exits with 3', async () => {
    const [row] = cliRows
    const site = await siteOf(row as NonNullable<typeof row>, 'cli_patient')
    try {
      const { code, out, err } = await site.spawn(['doctor'], { env: { CLI_INSECURE: '1', NODE_ENV: 'production' } })
      expect(code, err).to.equal(3)
      expect(out).to.contain('✔ table').and.contain('✖ cookie').and.contain('and NODE_ENV is production')
    } finally {
      await site.close()
    }
  })
})
