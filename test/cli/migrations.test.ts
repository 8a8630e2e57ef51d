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
const rows = cliRows.flatMap((row) => {
  const database = sequelizeDatabases.find(({ name }) => name === row.name)
  return database ? [{ ...row, connection: database.connection }] : []
})
const addColumns = `module.exports = {
  async up(queryInterface, { DataTypes }) {
    await queryInterface.addColumn('${table}', 'userId', { type: DataTypes.INTEGER })
    await queryInterface.addColumn('${table}', 'label', { type: DataTypes.STRING(200) })
  },
  async down(queryInterface) {
    await queryInterface.sequelize.query('DELETE FROM ${table}')
  },
}`

for (const { connection, ...row } of rows) {
  describe(`migrations of ddl: ${row.name}`, () => {
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

    for (const isEarlier of [false, true]) {
      const from = isEarlier ? 'a table of an earlier version' : 'an empty database'

      it(`umzug, from ${from}`, async () => {
        await writeMigrations(isEarlier)
        const sequelize = new Sequelize({ ...connection({ file: file() }), logging: false })
        const umzug = new Umzug({
          migrations: {
            glob: ['migrations/*.cjs', { cwd: folder }],
            resolve: ({ name, path = '', context }) => ({
              name,
              up: () => require(path).up(context, Sequelize),
              down: () => require(path).down(context, Sequelize),
            }),
          },
          context: sequelize.getQueryInterface(),
          storage: new SequelizeStorage({ sequelize, tableName: 'cli_umzug' }),
          logger: undefined,
        })
        try {
          expect(await umzug.up()).to.have.length(isEarlier ? 2 : 1)
          expect(await umzug.up()).to.have.length(0)
          await expectHealthy()
          expect(await umzug.down({ to: 0 })).to.have.length(isEarlier ? 2 : 1)
          expect(await sequelize.getQueryInterface().tableExists(table)).to.equal(false)
        } finally {
          await sequelize.getQueryInterface().dropTable('cli_umzug')
          await sequelize.close()
        }
      })

      // Its processes cost seconds, and the driver changes nothing in what it does.
      if (!row.name.endsWith('through mariadb'))
        it(`sequelize-cli, from ${from}`, async () => {
          await writeMigrations(isEarlier)
          const config = { ...connection({ file: file() }), migrationStorageTableName: 'cli_sequelize' }
          await writeFile(join(folder, 'config.json'), JSON.stringify({ development: config }))
          const program = join(root, 'node_modules/sequelize-cli/lib/sequelize')
          const run = (command: string): Promise<object> => {
            const args = [program, command, '--config', 'config.json', '--migrations-path', 'migrations']
            const env = { ...process.env, NODE_ENV: 'development', NODE_PATH: join(root, 'node_modules') }
            return promisify(execFile)(process.execPath, args, { cwd: folder, env })
          }
          try {
            await run('db:migrate')
            await expectHealthy()
            if (isEarlier) return
            await run('db:migrate:undo:all')
            expect(await site.open.dump().then(String, () => 'gone')).to.equal('gone')
          } finally {
            await site.open.execute('DROP TABLE cli_sequelize')
          }
        })
    }
  })
}
