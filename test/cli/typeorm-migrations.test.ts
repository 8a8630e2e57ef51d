import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import ts from 'typescript-5.9'
import { root } from '../package/support/project.js'
import type { Migrated } from './configs/migrated.js'
import { runHere } from './support/run-here.js'
import { cliRows } from './support/site.js'
import type { Done, Step } from './support/typeorm-commands.js'

const table = 'cli_typeorm'
const urlOf = (path: string): string => pathToFileURL(join(root, 'dist/test/cli', path)).href

for (const row of cliRows.filter(({ name }) => name.startsWith('TypeORM'))) {
  describe(`migrations of TypeORM's command line: ${row.name}`, function () {
    this.timeout(60_000)

    let folder: string
    let sources = 0

    beforeEach(async () => {
      await mkdir(join(root, '.tmp'), { recursive: true })
      folder = await mkdtemp(join(root, '.tmp', 'migrated-'))
      await mkdir(join(folder, 'migrations'))
      await dropTables()
    })
    afterEach(async () => {
      await dropTables()
      await rm(folder, { recursive: true, force: true })
    })

    async function dropTables(): Promise<void> {
      const open = await row.open({ table, file: join(folder, 'app.db'), create: false })
      const quoted = row.server === 'mariadb' ? `\`${table}_history\`` : `"${table}_history"`
      await open.execute('DROP TABLE IF EXISTS ?')
      await open.execute(`DROP TABLE IF EXISTS ${quoted}`)
      await open.close()
    }

    /** Writes a data source into a file that has not been loaded yet. */
    async function dataSource(hasLabel: boolean): Promise<string> {
      const path = join(folder, `data-source-${++sources}.mjs`)
      const project: Migrated = {
        database: row.name,
        file: join(folder, 'app.db'),
        table,
        migrations: join(folder, 'migrations'),
        hasLabel,
      }
      await writeFile(
        path,
        `import { migrated } from '${urlOf('configs/migrated.js')}'\nexport const { dataSource, Sessions } = migrated(${JSON.stringify(project)})\n`,
      )
      return path
    }

    async function run(steps: readonly (readonly [Step['command'], boolean, string?])[]): Promise<Done[]> {
      const all: Step[] = []
      for (const [command, hasLabel, argument] of steps) {
        all.push({ command, dataSource: await dataSource(hasLabel), ...(argument !== undefined && { argument }) })
      }
      const program = join(root, 'dist/test/cli/support/typeorm-commands.js')
      const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(all)], { cwd: folder })
      return JSON.parse(stdout)
    }

    it('are generated for an empty database, and for a new column; a second one finds nothing', async () => {
      const path = (name: string): string => join(folder, 'migrations', name)
      const [first, ran, again, created, second, ranSecond, last, got, reverted, gone] = await run([
        ['generate', false, path('First')],
        ['run', false],
        ['generate', false, path('Again')],
        ['create', false],
        ['generate', true, path('Second')],
        ['run', true],
        ['generate', true, path('Last')],
        ['get', true, 'created'],
        ['revert', true],
        ['generate', true, path('Gone')],
      ])
      expect(first).to.deep.include({ code: 0 })
      expect(ran?.code, ran?.output).to.equal(0)
      expect(again?.output).to.contain('No changes in database schema were found')
      expect(created?.output).to.match(/^[\w-]{40,}$/)
      expect(second?.code, second?.output).to.equal(0)
      expect(ranSecond?.code, ranSecond?.output).to.equal(0)
      expect(last?.output).to.contain('No changes in database schema were found')
      expect(JSON.parse(got?.output ?? '')).to.deep.equal({ userId: 7, label: null })
      expect(reverted?.code, reverted?.output).to.equal(0)
      expect(gone?.output).to.contain('has been generated successfully')
    })

    it('are written by ddl, and migration:generate finds nothing then', async () => {
      const { code, out, err } = await runHere(['ddl', '--as', 'typeorm', '-d', await dataSource(true)])
      expect(code, err).to.equal(0)
      const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
      const file = join(folder, 'migrations/1700000000000-sessions.js')
      await writeFile(file, ts.transpileModule(out, { compilerOptions }).outputText)
      const [ran, generated, created, got, reverted, again] = await run([
        ['run', true],
        ['generate', true, join(folder, 'migrations/Changed')],
        ['create', true],
        ['get', true, 'created'],
        ['revert', true],
        ['run', true],
      ])
      expect(ran?.code, ran?.output).to.equal(0)
      expect(generated?.output).to.contain('No changes in database schema were found')
      expect(JSON.parse(got?.output ?? '')).to.deep.equal({ userId: 7, label: null })
      expect(reverted?.code, reverted?.output).to.equal(0)
      expect(again?.code, again?.output).to.equal(0)
      expect(created?.code).to.equal(-1)
    })
  })
}
