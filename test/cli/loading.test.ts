import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { root } from '../package/support/project.js'
import { type Result, runCli, runJson } from './support/run-cli.js'
import { runHere } from './support/run-here.js'

const typeorm = `
import { createSessionModel } from 'koa-session-model/typeorm'
import { DataSource } from 'typeorm'
export const make = (database = 'app.db') => new DataSource({ type: 'better-sqlite3', database, synchronize: true, logging: true })
`
const sequelize = `
import { createSessionModel } from 'koa-session-model/sequelize'
import { Sequelize } from 'sequelize-typescript'
`

describe('the config of the command line', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'session-config-'))
    await mkdir(join(folder, 'node_modules'))
    for (const name of [
      'koa-session-model',
      'typeorm',
      'sequelize',
      'sequelize-typescript',
      'better-sqlite3',
      'sqlite3',
      'pg',
    ]) {
      await symlink(
        name === 'koa-session-model' ? root : join(root, 'node_modules', name),
        join(folder, 'node_modules', name),
      )
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
  const run = (...args: string[]): Promise<Result> => runCli(args, { cwd: folder })

  async function expectLine(result: Promise<Result>, code: number, ...parts: string[]): Promise<void> {
    const { code: is, out, err } = await result
    expect({ code: is, out }, err).to.deep.equal({ code, out: '' })
    expect(err).to.match(/^koa-session-model: [^\n]+\n$/)
    for (const part of parts) expect(err).to.contain(part)
  }

  it('is session.config.js, and a DataSource is opened without changes of the schema, and closed', async () => {
    await write(
      'session.config.js',
      `${typeorm}\nconst source = make()\ncreateSessionModel(source)\nexport default source\nconsole.log('hello')`,
    )
    await expectLine(
      run('stats').then((result) => ({ ...result, err: result.err.replace('hello\n', '') })),
      1,
      'session',
      'does not exist',
      'Run your migration',
    )
    await write(
      'sync.mjs',
      `import source from './session.config.js'\nawait source.initialize()\nawait source.destroy()`,
    )
    await promisify(execFile)(process.execPath, ['sync.mjs'], { cwd: folder })
    expect(await runJson(['stats'], { cwd: folder })).to.include({ total: 0 })
  })

  it('may write to the console in any way: that is no part of the result', async () => {
    const writes = "console.debug('debug')\nconsole.dir({ is: 'dir' })\nconsole.table([{ is: 'table' }])"
    await write(
      'session.config.mjs',
      `${typeorm}\nconst source = make()\nawait source.initialize()\n${writes}
      createSessionModel(source)\nexport default source`,
    )
    const { out, err } = await run('stats', '-c', 'session.config.mjs', '--json')
    expect(out).to.match(/^(\{.*\}\n)?$/)
    for (const part of ['debug', 'dir', 'table']) expect(err).to.contain(part)
  })

  it('may be CommonJS, with a Sequelize', async () => {
    await write(
      'session.config.cjs',
      `const { createSessionModel } = require('koa-session-model/sequelize')
      const { Sequelize } = require('sequelize-typescript')
      const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'app.db' })
      const Sessions = createSessionModel(sequelize)
      module.exports = Sessions.sync().then(() => sequelize)`,
    )
    const { code, out } = await run('stats', '--json')
    expect(code).to.equal(0)
    expect(JSON.parse(out)).to.include({ total: 0 })
  })

  it('may have several models, of which --model names one', async () => {
    await write(
      'dist.js',
      `${sequelize}\nexport const db = new Sequelize({ dialect: 'sqlite', storage: 'app.db', logging: false })\nexport const Users = createSessionModel(db, 'users')\nexport const Admins = createSessionModel(db, 'admins')\nawait db.sync()`,
    )
    const [, , { code }] = await Promise.all([
      expectLine(run('stats', '-d', 'dist.js'), 2, '2 session models', '--model', 'Users', 'Admins'),
      expectLine(run('stats', '-d', 'dist.js', '--model', 'Nobody'), 2, 'Nobody', 'Users'),
      run('stats', '-d', 'dist.js', '--model', 'Admins'),
    ])
    expect(code).to.equal(0)
  })

  it('is refused in one line, with the cure, if it does not do', async () => {
    await write('empty.js', 'export const nothing = 1')
    await write('broken.js', 'throw new Error("of\\nmine")')
    await write('missing.js', "import 'no-such-package'")
    await write('sessions.ts', 'export const x: number = 1')
    await Promise.all([
      expectLine(run('stats'), 2, 'session.config.js', 'koa-session-model init'),
      expectLine(run('stats', '-c', 'gone.js'), 2, 'gone.js does not exist'),
      expectLine(run('stats', '-c', 'empty.js'), 2, 'exports no SessionManager'),
      expectLine(run('stats', '-c', 'broken.js'), 1, 'broken.js does not load: of mine'),
      expectLine(run('stats', '-c', 'missing.js'), 1, 'no-such-package', 'Install what is missing'),
      expectLine(run('stats', '-c', 'sessions.ts'), 2, 'tsx, jiti', 'Compile first', '@swc-node/register'),
    ])
  })

  it('may be TypeScript under a loader that emits the metadata of decorators', async () => {
    await write('package.json', '{ "type": "commonjs" }')
    await write(
      'tsconfig.json',
      '{ "compilerOptions": { "module": "commonjs", "target": "es2022", "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
    )
    await write(
      'session.config.ts',
      `import { SessionModel } from 'koa-session-model'
      import { registerSessionModel } from 'koa-session-model/typeorm'
      import { Column, DataSource } from 'typeorm'
      @SessionModel({ tableName: 'web_sessions' })
      class WebSession { @Column({ nullable: true }) userId!: number }
      export const source = new DataSource({ type: 'better-sqlite3', database: 'app.db' })
      registerSessionModel(source, WebSession)`,
    )
    await symlink(join(root, 'node_modules/ts-node'), join(folder, 'node_modules/ts-node'))
    await symlink(join(root, 'node_modules/typescript-5.9'), join(folder, 'node_modules/typescript'))
    const env = { NODE_OPTIONS: '-r ts-node/register/transpile-only' }
    const { code, out, err } = await runCli(['doctor'], { cwd: folder, env })
    expect(code, err).to.equal(3)
    expect(out).to.contain('The table web_sessions')
  })

  it('ends by itself, also if the database is not there or the config keeps the process busy', async () => {
    await write(
      'far.js',
      `${typeorm}\nexport const far = new DataSource({ type: 'postgres', host: '127.0.0.1', port: 1, username: 'x', database: 'x' })\ncreateSessionModel(far)`,
    )
    await write('busy.js', 'setInterval(() => {}, 1000)\nexport const nothing = 1')
    await Promise.all([
      expectLine(run('stats', '-d', 'far.js'), 1, 'ECONNREFUSED', 'Check that it runs'),
      expectLine(run('stats', '-c', 'busy.js'), 2, 'exports no SessionManager'),
    ])
  })

  it('init writes one that works, and overwrites nothing', async () => {
    for (const orm of ['typeorm', 'sequelize']) {
      await rm(join(folder, 'node_modules/pg'), { force: true })
      expect((await run('init', '--orm', orm)).code).to.equal(0)
      expect(await readFile(join(folder, 'sessions.js'), 'utf8')).to.contain(`koa-session-model/${orm}`)
      const doctor = await run('doctor')
      expect(doctor.code, doctor.err).to.equal(3)
      expect(doctor.out).to.contain('The table web_sessions of the model')
      await expectLine(run('init'), 2, 'exists already')
      for (const name of ['sessions.js', 'session.config.js', 'app.db']) await rm(join(folder, name), { force: true })
    }
  })

  it('is told from usage errors by the exit code', async () => {
    const here = (...args: string[]): Promise<Result> => runHere(args)
    await expectLine(here('nonsense'), 2, "unknown command 'nonsense'")
    await expectLine(here('prune', '--batch', 'x'), 2, 'Give a number')
    const help = await here('--help')
    expect(help.code).to.equal(0)
    expect(help.out).to.contain('doctor')
  })
})
