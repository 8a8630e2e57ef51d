import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { Sequelize } from 'sequelize-typescript'
import { SequelizeStorage, Umzug } from 'umzug'
import { written } from '../../src/cli/ddl/migration.js'
import { standardTable } from '../../src/cli/ddl/standard-table.js'
import { root } from '../package/support/project.js'
import { sequelizeDatabases } from '../support/sequelize-rows.js'
import { cliRows, type Site, siteOf } from './support/site.js'

const table = 'cli_migrated'
const require = createRequire(import.meta.url)
const addColumns = `module.exports = {
  async up(queryInterface, { DataTypes }) {
    await queryInterface.addColumn('${table}', 'userId', { type: DataTypes.INTEGER })
    await queryInterface.addColumn('${table}', 'label', { type: DataTypes.STRING(200) })
  },
  async down() {},
}`

for (const row of cliRows) {
  describe(`migrations of ddl: ${row.name}`, () => {
    const connection = sequelizeDatabases.find(({ name }) => name === row.name)?.connection
    let site: Site
    let folder: string

    beforeEach(async () => {
      site = await siteOf(row, table)
      await site.open.execute('DROP TABLE ?')
      folder = await mkdtemp(join(tmpdir(), 'session-migrations-'))
      await mkdir(join(folder, 'migrations'))
    })
    afterEach(async () => {
      await site.close()
      await rm(folder, { recursive: true, force: true })
    })

    const write = (name: string, text: string): Promise<void> => writeFile(join(folder, 'migrations', name), text)
    const file = (): string => site.file

    /** The table of the model; or one of an earlier version without its columns, and a migration that adds them. */
    async function writeMigrations(isEarlier: boolean): Promise<void> {
      if (!isEarlier) return write('1-create.cjs', (await site.run(['ddl', '--as', 'sequelize'])).out)
      const quoted = row.server === 'mariadb' ? `\`${table}\`` : `"${table}"`
      await write('1-create.cjs', written('sequelize', standardTable(row.server ?? 'sqlite', table), quoted))
      await write('2-add.cjs', addColumns)
    }

    async function expectHealthy(): Promise<void> {
      const { out } = await site.run(['doctor', '--json'])
      const { checks } = JSON.parse(out) as { checks: { check: string; findings: object[] }[] }
      expect(checks.filter(({ check, findings }) => check !== 'autovacuum' && findings.length > 0)).to.deep.equal([])
      await site.managerWith().create({ userId: 1 })
    }

    if (!connection) {
      it('the schema builder of TypeORM finds no difference to what ddl wrote', async () => {
        const { statements } = await site.json<{ statements: string[] }>(['ddl'])
        for (const sql of statements) await site.open.execute(sql)
        const program = `import(${JSON.stringify(await site.config())}).then(async ({ dataSource }) => {
          dataSource.setOptions({ synchronize: false, logging: false })
          await dataSource.initialize()
          console.log('\\n' + JSON.stringify((await dataSource.driver.createSchemaBuilder().log()).upQueries))
          await dataSource.destroy()
        })`
        const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: root })
        expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).to.deep.equal([])
      })
      return
    }

    for (const isEarlier of [false, true]) {
      const from = isEarlier ? 'a table of an earlier version' : 'an empty database'

      it(`umzug, from ${from}`, async () => {
        await writeMigrations(isEarlier)
        const sequelize = new Sequelize({ ...connection({ file: file() }), logging: false })
        const umzug = new Umzug({
          migrations: {
            glob: ['migrations/*.cjs', { cwd: folder }],
            resolve: ({ name, path = '', context }) => ({ name, up: () => require(path).up(context, Sequelize) }),
          },
          context: sequelize.getQueryInterface(),
          storage: new SequelizeStorage({ sequelize, tableName: 'cli_umzug' }),
          logger: undefined,
        })
        try {
          expect(await umzug.up()).to.have.length(isEarlier ? 2 : 1)
          expect(await umzug.up()).to.have.length(0)
          await expectHealthy()
        } finally {
          await sequelize.getQueryInterface().dropTable('cli_umzug')
          await sequelize.close()
        }
      })

      it(`sequelize-cli, from ${from}`, async () => {
        await writeMigrations(isEarlier)
        const config = { ...connection({ file: file() }), migrationStorageTableName: 'cli_sequelize' }
        await writeFile(join(folder, 'config.json'), JSON.stringify({ development: config }))
        const program = join(root, 'node_modules/sequelize-cli/lib/sequelize')
        const args = [program, 'db:migrate', '--config', 'config.json', '--migrations-path', 'migrations']
        const env = { ...process.env, NODE_ENV: 'development', NODE_PATH: join(root, 'node_modules') }
        try {
          await promisify(execFile)(process.execPath, args, { cwd: folder, env })
          await expectHealthy()
        } finally {
          await site.open.execute('DROP TABLE cli_sequelize')
        }
      })
    }
  })
}
