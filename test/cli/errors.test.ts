import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../package/support/project.js'
import { type Result, runCli } from './support/run-cli.js'
import { runHere } from './support/run-here.js'
import { cliRows, type Site, siteOf } from './support/site.js'

/** What is expected of an error: exit code, code, and a part of the message. */
type Expected = readonly [exitCode: number, code: string, part: string]

const source = (database: string): string => `
import { createSessionModel } from 'koa-session-model/typeorm'
import { DataSource } from 'typeorm'
const source = new DataSource(${database})
const Sessions = createSessionModel(source)
`
const sqlite = source("{ type: 'better-sqlite3', database: ':memory:' }")
const far = source("{ type: 'postgres', host: '127.0.0.1', port: 1, username: 'x', database: 'x' }")

/** Configs that do not do, by the name of the file. */
const configs: Readonly<Record<string, readonly [text: string, expected: Expected]>> = {
  'throws.mjs': ["throw new Error('first\\nsecond')", [1, 'CONFIG_FAILED', 'does not load: first second Correct it']],
  'imports.mjs': ["import 'no-such-package'", [1, 'CONFIG_FAILED', 'Install what is missing']],
  'syntax.mjs': ['export const = 1', [1, 'CONFIG_FAILED', 'does not load']],
  'rejects.mjs': ["export default Promise.reject(new Error('not now'))", [1, 'CONFIG_FAILED', 'not now']],
  'empty.mjs': ['export const nothing = 1', [2, 'CONFIG_EMPTY', 'exports no SessionManager']],
  'several.mjs': [
    `${sqlite}createSessionModel(source, 'others')\nexport default source`,
    [2, 'MODEL_AMBIGUOUS', '2 session models'],
  ],
  'memory.mjs': [
    `import { MemorySessionBackend, SessionManager } from 'koa-session-model'
    export const manager = new SessionManager({ backend: new MemorySessionBackend({}), cleanup: false })`,
    [2, 'BACKEND_UNSUPPORTED', 'no table of an ORM'],
  ],
  'sessions.ts': ['export const x: number = 1', [2, 'CONFIG_TYPESCRIPT', 'Compile first']],
  'far.mjs': [`${far}export default source`, [1, 'DATABASE_UNREACHABLE', 'ECONNREFUSED']],
}

function expectError({ code, out, err }: Result, [exitCode, name, part]: Expected, isJson: boolean): void {
  expect({ code, out }, err).to.deep.equal({ code: exitCode, out: '' })
  expect(err).to.match(/^[^\n]+\n$/)
  expect(err).to.contain(part)
  if (!isJson) expect(err).to.match(/^koa-session-model: /)
  else expect(Object.keys(JSON.parse(err).error)).to.deep.equal(['code', 'message'])
  if (isJson) expect(JSON.parse(err).error.code).to.equal(name)
}

describe('the errors of the command line', () => {
  let folder: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-errors-'))
    await mkdir(join(folder, 'node_modules'))
    await symlink(root, join(folder, 'node_modules/koa-session-model'))
    for (const name of ['typeorm', 'better-sqlite3', 'pg', 'koa'])
      await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
    for (const [name, [text]] of Object.entries(configs)) await writeFile(join(folder, name), text)
  })
  after(() => rm(folder, { recursive: true, force: true }))

  for (const [name, [, expected]] of Object.entries(configs)) {
    it(`${expected[1]}: ${name}`, async () => {
      const args = ['prune', '-c', join(folder, name)]
      expectError(await runHere(args), expected, false)
      expectError(await runHere([...args, '--json']), expected, true)
    })
  }

  const calls: readonly [args: readonly string[], expected: Expected][] = [
    [
      ['prune', '-c', '/gone.js'],
      [2, 'CONFIG_MISSING', '/gone.js does not exist'],
    ],
    [['stat'], [2, 'USAGE', "unknown command 'stat' (Did you mean stats?)"]],
    [
      ['prune', '--batch', 'x'],
      [2, 'USAGE', 'Give a number'],
    ],
    [
      ['prune', '--nonsense'],
      [2, 'USAGE', "unknown option '--nonsense'"],
    ],
    [['show'], [2, 'USAGE', "missing required argument 'id'"]],
    [
      ['show', 'a', 'b'],
      [2, 'USAGE', 'too many arguments'],
    ],
    [
      ['ddl', '--dialect', 'oracle'],
      [2, 'USAGE', 'Allowed choices'],
    ],
    [
      ['ddl', '--dialect', 'sqlite', '--partitions', '4'],
      [2, 'USAGE', 'no partitions'],
    ],
    [
      ['ddl', '--dialect', 'postgres', '--partitions', '1'],
      [2, 'USAGE', 'from 2 to 1024'],
    ],
    [['revoke'], [2, 'USAGE', 'Which sessions?']],
    [
      ['revoke', '--all', '--where', 'userId=1'],
      [2, 'USAGE', 'contradict'],
    ],
  ]
  for (const [args, expected] of calls) {
    it(`${expected[1]}: ${args.join(' ')}`, async () => {
      expectError(await runHere(args), expected, false)
      expectError(await runHere([...args, '--json']), expected, true)
    })
  }

  it('USAGE: rehash, while old cookies find their rows by the ids themselves', async () => {
    const config = join(folder, 'adopts.mjs')
    await writeFile(
      config,
      `import { SessionManager } from 'koa-session-model'
      ${sqlite}
      const adopt = { cookie: 'koa.sess', secret: 'a secret of the app' }
      export const manager = new SessionManager({ model: Sessions, hashIds: 'migrate', cleanup: false, adopt })`,
    )
    expectError(await runHere(['rehash', '--yes', '-c', config]), [2, 'USAGE', 'The option adopt is set'], false)
  })

  it('end the process, also with a pool, a timer and a server that nobody closes', async () => {
    await writeFile(
      join(folder, 'busy.mjs'),
      `import { createServer } from 'node:http'
      import pg from 'pg'
      ${far}
      createServer().listen(0, '127.0.0.1')
      setInterval(() => {}, 1000)
      await new pg.Pool({ host: '127.0.0.1', user: 'postgres' }).query('select 1').catch(() => {})
      export default source`,
    )
    const begin = performance.now()
    expectError(
      await runCli(['prune', '-c', join(folder, 'busy.mjs')]),
      [1, 'DATABASE_UNREACHABLE', 'ECONNREFUSED'],
      false,
    )
    expect(performance.now() - begin).to.be.lessThan(15_000)
  })

  it('that the config does not wait for end the process in one line', async () => {
    await writeFile(
      join(folder, 'unhandled.mjs'),
      `${far}source.initialize()\nawait new Promise((resolve) => setTimeout(resolve, 20_000))\nexport default source`,
    )
    const config = join(folder, 'unhandled.mjs')
    expectError(await runCli(['prune', '--json', '-c', config]), [1, 'FAILED', 'ECONNREFUSED'], true)
  })
})

for (const row of cliRows) {
  describe(`a table that does not do: ${row.name}`, () => {
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, 'cli_unusable')
      await site.managerWith().create({ userId: 1 })
      await site.managerWith({ now: () => Date.now() - 100 * 86_400_000 }).create({ userId: 1 })
    })
    afterEach(() => site.close())

    const all: readonly (readonly string[])[] = [
      ['stats'],
      ['list'],
      ['show', 'x'],
      ['prune', '--fast'],
      ['revoke', '--all', '--yes'],
      ['revoke', '--where', 'userId=1', '--yes'],
      ['rehash', '--yes'],
      ['reencrypt'],
    ]
    const env = { CLI_KEYS: '11'.repeat(32) }

    it('is told in one line if it is missing', async () => {
      await site.open.execute('DROP TABLE ?')
      for (const args of all) {
        const { code, out, err } = await site.run([...args, '--json'], { env })
        expect({ code, out }, args.join(' ')).to.deep.equal({ code: 1, out: '' })
        const { error } = JSON.parse(err)
        expect(error.message, args.join(' ')).to.contain('cli_unusable')
        expect(error.code, args.join(' ')).to.be.oneOf(['TABLE_UNUSABLE', 'BACKEND_FAILED'])
      }
    })

    it('is told in one line if it has not the column, and nothing is changed', async () => {
      await site.open.execute('ALTER TABLE ? DROP COLUMN data')
      const before = await site.open.dump()
      for (const args of all.filter(([command]) => command !== 'revoke' && command !== 'prune')) {
        const { code, out, err } = await site.run(args, { env })
        expect(err, args.join(' ')).to.match(/^koa-session-model: [^\n]*data[^\n]*\n$/)
        expect({ code, out }, args.join(' ')).to.deep.equal({ code: 1, out: '' })
      }
      expect(await site.open.dump()).to.deep.equal(before)
    })

    it('changes nothing if a condition does not do', async () => {
      const before = await site.open.dump()
      const bad: readonly [string, string][] = [
        ['nope=1', 'COLUMN_UNKNOWN'],
        ['data=1', 'COLUMN_UNKNOWN'],
        ['userId', 'WHERE_INVALID'],
        ['=1', 'WHERE_INVALID'],
        ['userId=', 'WHERE_INVALID'],
        ['userId=abc', 'WHERE_INVALID'],
      ]
      for (const command of [['revoke', '--yes'], ['list']]) {
        for (const [where, name] of bad) {
          const result = await site.run([...command, '--where', where, '--json'])
          expectError(result, [2, name, ''], true)
        }
      }
      for (const args of [['revoke', '--all'], ['rehash']]) {
        expectError(await site.run([...args, '--json']), [2, 'CONFIRMATION_MISSING', '--yes'], true)
      }
      expect(await site.open.dump()).to.deep.equal(before)
    })
  })
}
