import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RegisteredModel, SessionManager, type SessionPolicy } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { root } from '../../package/support/project.js'
import { type MatrixRow, type OpenModel, reachable } from '../../support/matrix.js'
import { sequelizeRows } from '../../support/sequelize-rows.js'
import { typeormRows } from '../../support/typeorm-rows.js'
import { type Result, runCli, runJson, type Setting } from './run-cli.js'

/** One ORM on one database, with the config that the command line gets. */
export interface CliRow extends MatrixRow {
  readonly config: string
}

const configs = join(root, 'dist/test/cli/configs')
const all: readonly CliRow[] = [
  ...typeormRows.map((row) => ({ ...row, config: join(configs, 'typeorm.js') })),
  ...sequelizeRows.map((row) => ({ ...row, config: join(configs, 'sequelize.js') })),
]

export const cliRows = await reachable(all)

/** A table with sessions, for the command line and for the test. */
export interface Site {
  readonly open: OpenModel
  readonly env: NodeJS.ProcessEnv
  managerWith(policy?: SessionPolicy): SessionManager<TestColumns>
  run(args: readonly string[], setting?: Setting): Promise<Result>
  json<T>(args: readonly string[], setting?: Setting): Promise<T>
  close(): Promise<void>
}

/** Makes an empty table on this row of the matrix. */
export async function siteOf(row: CliRow, table: string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'session-cli-'))
  const file = join(folder, 'app.db')
  const open = await row.open({ table, file })
  const env = { CLI_DATABASE: row.name, CLI_TABLE: table, CLI_FILE: file }
  const managers: SessionManager<TestColumns>[] = []
  const withConfig = ([command = '', ...rest]: readonly string[]) => [command, '-c', row.config, ...rest]
  const settingOf = (setting: Setting = {}): Setting => ({ ...setting, env: { ...env, ...setting.env } })
  return {
    open,
    env,
    managerWith(policy = {}) {
      const manager = new SessionManager({
        model: open.model as RegisteredModel<TestColumns>,
        cleanup: false,
        ...policy,
      } as never) as SessionManager<TestColumns>
      managers.push(manager)
      return manager
    },
    run: (args, setting) => runCli(withConfig(args), settingOf(setting)),
    json: (args, setting) => runJson(withConfig(args), settingOf(setting)),
    async close() {
      for (const manager of managers) manager.close()
      await open.execute('DROP TABLE IF EXISTS ?')
      await open.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
