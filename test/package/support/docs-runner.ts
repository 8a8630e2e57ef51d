import { join } from 'node:path'
import { root } from './project.js'

const tool = (path: string): string => join(root, 'node_modules', path)

/** The arguments of Node.js that run a compiled program of the documentation: by the test runner that its code imports, if it does. */
export function argumentsFor(code: string, program: string, folder: string): string[] {
  if (/ from 'mocha'/.test(code)) return [tool('mocha/bin/mocha.js'), '--no-config', '--forbid-only', program]
  if (/ from 'vitest'/.test(code)) return [tool('vitest/vitest.mjs'), 'run', '--root', folder, program]
  return [program]
}
