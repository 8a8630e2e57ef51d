import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { isPromise } from 'node:util/types'
import { CliError, inOneLine } from '../cli-error.js'
import { refuseTypeScript } from './type-script.js'

/** One value that a module exports. */
export interface Exported {
  readonly name: string
  readonly value: unknown
}

/**
 * Imports a module and returns what it exports by name, by default, or as members of the default export, as CommonJS
 * modules do. Promises are awaited.
 */
export async function importModule(path: string): Promise<Exported[]> {
  refuseTypeScript(path)
  try {
    const namespace: Record<string, unknown> = await load(path)
    const exported = Object.entries(namespace).flatMap(([name, value]) => [{ name, value }, ...membersOf(value)])
    return await Promise.all(exported.map(settled))
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`${path} does not load: ${inOneLine(error)} ${cureFor(error)}`, undefined, {
      cause: error,
      code: 'CONFIG_FAILED',
    })
  }
}

/** Loads TypeScript as CommonJS if a loader for that is registered: `import()` would not ask it. */
async function load(path: string): Promise<Record<string, unknown>> {
  const require = createRequire(path)
  const isCommonJs = /\.c?ts$/.test(path) && '.ts' in require.extensions
  return isCommonJs ? require(path) : import(pathToFileURL(path).href)
}

function membersOf(value: unknown): Exported[] {
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  return isPlain ? Object.entries(value).map(([name, member]) => ({ name, value: member })) : []
}

async function settled({ name, value }: Exported): Promise<Exported> {
  return { name, value: isPromise(value) ? await value : value }
}

function cureFor(error: unknown): string {
  const { code } = error as { code?: string }
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return 'Install what is missing, or build first.'
  if (error instanceof SyntaxError)
    return 'Pass compiled JavaScript: ES modules end in .mjs, or their package.json has "type": "module".'
  return 'Correct it: the command line imports it as your app would.'
}
