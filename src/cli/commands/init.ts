import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { exitCodes, usageError } from '../cli-error.js'
import type { Command } from '../command.js'
import { orms, projectIn } from '../init/project.js'
import { startFiles } from '../init/templates.js'

export const init: Command = {
  name: 'init',
  does: 'write a config and a model to start from, for the ORM and the driver that are installed; overwrites nothing',
  needsConfig: false,
  options: [{ flags: '--orm <name>', does: 'which ORM, if both are installed', choices: orms }],
  async run({ options, output }) {
    const folder = process.cwd()
    const project = projectIn(folder, options.orm)
    const files = startFiles(project)
    const taken = files.filter(({ path }) => existsSync(resolve(folder, path)))
    if (taken.length > 0) {
      throw usageError(
        `${taken.map(({ path }) => path).join(' and ')} exists already, and nothing was written. Move it away first.`,
      )
    }
    for (const { path, text } of files) {
      await mkdir(dirname(resolve(folder, path)), { recursive: true })
      await writeFile(resolve(folder, path), text, { flag: 'wx' })
    }
    const written = files.map(({ path }) => path)
    await output.result(
      { written },
      () => `Written: ${written.join(', ')}. Fill in the database, build, then try: koa-session-model doctor`,
    )
    return exitCodes.done
  },
}
