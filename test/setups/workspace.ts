import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { manifest, root } from '../package/support/project.js'
import { expectSuccess, type Outcome, run, runNode } from '../package/support/run.js'
import { packTarball, temporaryFolder } from '../package/support/tarball.js'
import type { Command, Setup, Tool } from './setup.js'

const compiler = join(import.meta.dirname, 'compile.js')
const transformer = join(import.meta.dirname, 'transform.js')
const installed = join(root, 'node_modules')

/** What every project has of `@types`; all of it is part of each compilation. */
const types = ['koa', 'node', 'validator']

const scripts: Readonly<Record<Exclude<Tool, 'node' | 'compile' | 'transform'>, string>> = {
  jest: 'jest/bin/jest.js',
  mocha: 'mocha/bin/mocha.js',
  'ts-node': 'ts-node/dist/bin.js',
  tsc: 'typescript/bin/tsc',
  tsx: 'tsx/dist/cli.mjs',
  typeorm: 'typeorm/cli.js',
  vitest: 'vitest/vitest.mjs',
}

/** Projects outside of the package that have installed what would be published. */
export class SetupWorkspace {
  readonly #folder = temporaryFolder()
  readonly #package = join(this.#folder, 'package')

  /** Takes the package as npm would publish it. */
  async open(): Promise<void> {
    const tarball = await packTarball()
    expectSuccess(await run('tar', ['-xzf', tarball.path, '-C', this.#folder]))
    tarball.remove()
  }

  /** Makes the project and runs its commands, until one fails. */
  async try(setup: Setup): Promise<Outcome> {
    const installation = this.#installation(setup)
    const folder = join(installation, setup.title.replaceAll(/[^\w.-]+/g, '-'))
    mkdirSync(folder)
    const before = await runAll(setup.start ?? [], installation, folder)
    for (const [path, content] of Object.entries(setup.files)) write(join(folder, path), content)
    if (before.code !== 0) return before
    return runAll(setup.commands, installation, folder)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** A folder whose `node_modules` all projects share that have installed the same. */
  #installation({ typescript = '5.9', typeorm = '1' }: Setup): string {
    const folder = join(this.#folder, `typescript-${typescript}-typeorm-${typeorm}`)
    if (mkdirSync(folder, { recursive: true }) === undefined) return folder
    const nodeModules = join(folder, 'node_modules')
    mkdirSync(join(nodeModules, '@types'), { recursive: true })
    const link = (from: string, to: string) => symlinkSync(join(installed, from), join(nodeModules, to), 'junction')
    for (const name of readdirSync(installed)) {
      if (!/^(\.|@types$|ts-jest$|typescript|typeorm|koa-session-model)/.test(name)) link(name, name)
    }
    for (const name of types) link(join('@types', name), join('@types', name))
    link(typescript === '7' ? 'typescript' : `typescript-${typescript}`, 'typescript')
    link(typeorm === '1' ? 'typeorm' : `typeorm-${typeorm}`, 'typeorm')
    // It finds `typescript` beside the place where it is, not where a link to it is.
    cpSync(join(installed, 'ts-jest'), join(nodeModules, 'ts-jest'), { recursive: true })
    cpSync(this.#package, join(nodeModules, manifest.name), { recursive: true })
    return folder
  }
}

async function runAll(commands: readonly Command[], installation: string, cwd: string): Promise<Outcome> {
  let output = ''
  for (const [tool, ...args] of commands) {
    const outcome = await runNode([...scriptOf(tool, installation), ...args], { cwd, timeLimit: 120_000 })
    output += `> ${tool} ${args.join(' ')}\n${outcome.output}`
    if (outcome.code !== 0) return { code: outcome.code, output }
  }
  return { code: 0, output }
}

function scriptOf(tool: Tool, installation: string): string[] {
  if (tool === 'node') return []
  if (tool === 'compile') return [compiler, join(installation, 'node_modules/typescript')]
  if (tool === 'transform') return [transformer]
  return [join(installation, 'node_modules', scripts[tool])]
}

function write(path: string, content: string | object): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
}
