import { blocksOfMarkdown, type CodeBlock } from '../package/support/code-blocks.js'
import { titleOf } from '../package/support/docs-code.js'
import { read } from '../package/support/project.js'
import type { Command, Setup } from './setup.js'

const blocks = blocksOfMarkdown('docs/testing.md', read('docs/testing.md'))

/** The tests of docs/testing.md that the runner runs, as an app has them. */
function setupOf(title: string, runner: 'mocha' | 'vitest', commands: readonly Command[]): Setup {
  const isFor = ({ code }: CodeBlock): boolean => !/ from '(mocha|vitest)'/.test(code) || code.includes(`'${runner}'`)
  const files = blocks.filter(isFor).map(({ info, code }): [string, string] => [titleOf(info) as string, code])
  const tsconfig = { compilerOptions: { target: 'es2022', module: 'nodenext', experimentalDecorators: true } }
  return {
    title,
    files: { ...Object.fromEntries(files), 'package.json': { type: 'module' }, 'tsconfig.json': tsconfig },
    commands,
  }
}

/** Apps whose tests are those of docs/testing.md, with their runner and its own way to read TypeScript. */
export const testingSetups: readonly Setup[] = [
  setupOf('Vitest 4 with fetch and the helpers for tests', 'vitest', [['vitest', 'run']]),
  setupOf('Mocha 12 with supertest and the helpers for tests', 'mocha', [['mocha', '--import=tsx', '*.test.ts']]),
]
