import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type RegisteredModel, SessionManager, type SessionPolicy } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { root } from '../../package/support/project.js'
import { type MatrixRow, type OpenModel, reachable } from '../../support/matrix.js'
import { sequelizeRows } from '../../support/sequelize-rows.js'
import { typeormRows } from '../../support/typeorm-rows.js'
import { jsonOf, type Result, runCli, type Setting } from './run-cli.js'
import { runHere } from './run-here.js'

/** One ORM on one database. */
export interface CliRow extends MatrixRow {
  /** The module that makes the config that the command line gets. */
  readonly config: string
}

const urlOf = (name: string): string => pathToFileURL(join(root, 'dist/test/cli/configs', name)).href
const all: readonly CliRow[] = [
  ...typeormRows.map((row) => ({ ...row, config: urlOf('typeorm.js') })),
  ...sequelizeRows.map((row) => ({ ...row, config: urlOf('sequelize.js') })),
]

export const cliRows = await reachable(all)

/** How a command is called: with variables that the config reads, and in a process of its own those of the process. */
type SiteSetting = Pick<Setting, 'env' | 'started'>

/** A table with sessions, for the command line and for the test. */
export interface Site {
  readonly open: OpenModel
  /** The file of SQLite. */
  readonly file: string
  managerWith(policy?: SessionPolicy): SessionManager<TestColumns>
  /** Writes a config, and returns its path. */
  config(env?: NodeJS.ProcessEnv): Promise<string>
  /** Runs a command in this process. */
  run(args: readonly string[], setting?: Pick<SiteSetting, 'env'>): Promise<Result>
  json<T>(args: readonly string[], setting?: Pick<SiteSetting, 'env'>): Promise<T>
  /** Runs a command in a process of its own. */
  spawn(args: readonly string[], setting?: SiteSetting): Promise<Result>
  spawnJson<T>(args: readonly string[], setting?: SiteSetting): Promise<T>
  close(): Promise<void>
}

/** Makes an empty table on this row of the matrix. */
export async function siteOf(row: CliRow, table: string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'session-cli-'))
  const file = join(folder, 'app.db')
  const open = await row.open({ table, file })
  const managers: SessionManager<TestColumns>[] = []
  let configs = 0
  const config = async (env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const path = join(folder, `config-${++configs}.mjs`)
    await writeFile(path, configFor(row, { CLI_DATABASE: row.name, CLI_TABLE: table, CLI_FILE: file, ...env }))
    return path
  }
  const withConfig = async ([command = '', ...rest]: readonly string[], { env }: SiteSetting = {}) => {
    return [command, '-c', await config(env), ...rest]
  }
  const run: Site['run'] = async (args, setting) => runHere(await withConfig(args, setting))
  const spawn: Site['spawn'] = async (args, setting) => runCli(await withConfig(args, setting), setting)
  return {
    open,
    file,
    managerWith(policy = {}) {
      const manager = new SessionManager({
        model: open.model as RegisteredModel<TestColumns>,
        cleanup: false,
        ...policy,
      } as never) as SessionManager<TestColumns>
      managers.push(manager)
      return manager
    },
    config,
    run,
    json: async (args, setting) => jsonOf(await run([...args, '--json'], setting)),
    spawn,
    spawnJson: async (args, setting) => jsonOf(await spawn([...args, '--json'], setting)),
    async close() {
      for (const manager of managers) manager.close()
      await open.execute('DROP TABLE IF EXISTS ?')
      await open.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A config for this row, which reads these variables. */
function configFor({ config }: CliRow, env: NodeJS.ProcessEnv): string {
  return `import { configOf } from '${config}'
import { settingOf } from '${urlOf('setting.js')}'
export const { dataSource, sequelize, Sessions, manager } = await configOf(settingOf(${JSON.stringify(env)}))
`
}
