import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { typeormDatabases, typeormVersion } from '../support/typeorm-rows.js'
import { dataSourceOf } from './support/data-sources.js'

const root = join(import.meta.dirname, '../../..')
const hooks = ['--import', new URL('../support/typeorm-0.3.js', import.meta.url).href]

describe(`TypeORM ${typeormVersion}: its command line`, function () {
  this.timeout(60_000)

  let folder: string
  before(() => {
    mkdirSync(join(root, '.tmp'), { recursive: true })
    folder = mkdtempSync(join(root, '.tmp', 'cli-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('writes and runs a migration for a table with rows, and finds no change then', async () => {
    const database = join(folder, 'test.db')
    const old = dataSourceOf(typeormDatabases[0].connection({ table: '', file: database }))
    await old.initialize()
    await old.query('create table typeorm_cli (id integer primary key autoincrement not null, "userId" integer)')
    await old.query('insert into typeorm_cli ("userId") values (1), (2)')

    const generated = await typeorm('migration:generate', '--outputJs', '--esm', join(folder, 'Sessions'))
    expect(generated.output).to.match(/has been generated successfully/)
    expect(readdirSync(folder).filter((name) => name.endsWith('.js'))).to.have.lengthOf(1)
    const run = await typeorm('migration:run')
    expect(run.output).to.match(/has been executed successfully/)
    expect(run.code).to.equal(0)
    const again = await typeorm('migration:generate', '--outputJs', '--esm', join(folder, 'Again'))
    expect(again.output).to.match(/No changes in database schema were found/)
    expect(await old.query('select "userId", data, session_id, version from typeorm_cli order by id')).to.deep.equal([
      { userId: 1, data: '', session_id: null, version: 1 },
      { userId: 2, data: '', session_id: null, version: 1 },
    ])
  })

  function typeorm(command: string, ...args: readonly string[]): Promise<{ code: number; output: string }> {
    const isOld = typeormVersion !== '1'
    const cli = join(root, 'node_modules', isOld ? 'typeorm-0.3' : 'typeorm', 'cli.js')
    const dataSource = join(import.meta.dirname, 'support/cli/data-source.js')
    const env = { ...process.env, TEST_CLI_DATABASE: join(folder, 'test.db'), TEST_CLI_MIGRATIONS: folder }
    return new Promise((resolve) => {
      const all = [...(isOld ? hooks : []), cli, command, '--dataSource', dataSource, ...args]
      execFile(process.execPath, all, { cwd: root, env, timeout: 30_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? 1 : 0, output: stdout + stderr })
      })
    })
  }
})
