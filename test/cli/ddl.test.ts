import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { written } from '../../src/cli/ddl/migration.js'
import { standardTable } from '../../src/cli/ddl/standard-table.js'
import { runHere } from './support/run-here.js'
import { cliRows, type Site, siteOf } from './support/site.js'

const table = 'cli_written'

for (const row of cliRows) {
  describe(`ddl: ${row.name}`, () => {
    const database = row.server ?? 'sqlite'
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, table)
      await site.open.execute('DROP TABLE ?')
    })
    afterEach(() => site.close())

    const create = async (...args: string[]): Promise<void> => {
      const { statements } = await site.json<{ statements: string[] }>(['ddl', ...args])
      for (const sql of statements) await site.open.execute(sql)
    }

    const expectHealthy = async (): Promise<void> => {
      const { out } = await site.run(['doctor', '--json'])
      const { checks } = JSON.parse(out) as { checks: { check: string; findings: object[] }[] }
      expect(checks.filter(({ check, findings }) => check !== 'autovacuum' && findings.length > 0)).to.deep.equal([])
    }

    it('writes the table of the model, which the doctor finds healthy', async () => {
      await create()
      await expectHealthy()
    })

    it('writes it in partitions', async () => {
      if (database === 'sqlite') {
        expect(await site.run(['ddl', '--partitions', '4'])).to.include({ code: 2, out: '' })
        return
      }
      await create('--partitions', '4')
      await expectHealthy()
      await site.managerWith().create({ userId: 1 })
      expect(await site.open.count('active')).to.equal(1)
      if (database === 'postgres') for (let n = 0; n < 4; n++) await site.open.execute(`SELECT 1 FROM "${table}_p${n}"`)
    })

    it('without a config writes a table for this database, to which the columns of the model can be added', async () => {
      for (const sql of standardTable(database, table)) await site.open.execute(sql)
      await site.open.execute('ALTER TABLE ? ADD label varchar(200)')
      const { out } = await site.run(['doctor'])
      expect(out).to.contain('has no column userId')
      await site.open.execute('ALTER TABLE ? ADD "userId" integer'.replaceAll('"', database === 'mariadb' ? '`' : '"'))
      await expectHealthy()
    })
  })
}

describe('ddl without a config', () => {
  it('writes SQL for each database', async () => {
    const { code, out } = await runHere(['ddl', '--dialect', 'postgres', '--table', 'sessions'])
    expect(code).to.equal(0)
    expect(out)
      .to.match(/^CREATE TABLE "sessions" \(/)
      .and.contain('timestamptz')
      .and.match(/ON "sessions" \("expires"\);\n$/)
    expect((await runHere(['ddl', '--dialect', 'oracle'])).code).to.equal(2)
  })

  it('writes a migration that sequelize-cli and umzug run', async () => {
    const statements = standardTable('sqlite', 'sessions')
    const file = join(tmpdir(), `sessions-${process.pid}.cjs`)
    await writeFile(file, written('sequelize', statements, '"sessions"'))
    const { default: migration } = await import(pathToFileURL(file).href)
    const sent: string[] = []
    const queryInterface = { sequelize: { query: async (sql: string) => sent.push(sql) } }
    await migration.up(queryInterface)
    await migration.down(queryInterface)
    expect(sent).to.deep.equal([...statements, 'DROP TABLE "sessions"'])
  })

  it('writes a migration of TypeORM, whose class has a time', () => {
    const text = written('typeorm', ['CREATE TABLE "a" (b text);'], '"a"', 1_700_000_000_000)
    expect(text).to.contain('class Sessions1700000000000 implements MigrationInterface')
    expect(text).to.contain('await runner.query("CREATE TABLE \\"a\\" (b text)")')
  })
})
