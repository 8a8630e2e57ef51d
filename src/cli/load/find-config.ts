import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { usageError } from '../cli-error.js'

/** The files that are looked for without `-c` and `-d`, the first one that exists. */
export const defaultFiles: readonly string[] = [
  'session.config.js',
  'session.config.mjs',
  'session.config.cjs',
  'session.config.ts',
  'dist/data-source.js',
  'dist/src/data-source.js',
  'data-source.js',
]

/** The path of the module to load. Throws if it does not exist. */
export function findConfig(given: string | undefined, folder = process.cwd()): string {
  if (given !== undefined) {
    const path = resolve(folder, given)
    if (existsSync(path)) return path
    throw usageError(
      `The file ${given} does not exist. Pass the compiled module that exports a SessionManager, a DataSource or a Sequelize.`,
      'CONFIG_MISSING',
    )
  }
  const found = defaultFiles.find((name) => existsSync(resolve(folder, name)))
  if (found) return resolve(folder, found)
  throw usageError(
    `No config was found (${defaultFiles.join(', ')}). Pass one by -c session.config.js or -d dist/data-source.js, or write one by: koa-session-model init`,
    'CONFIG_MISSING',
  )
}
