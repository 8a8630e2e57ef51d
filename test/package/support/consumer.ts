import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linkPackages } from './link-packages.js'
import { manifest, root } from './project.js'
import { expectSuccess, type Outcome, run, runNode, runTool } from './run.js'
import { temporaryFolder } from './tarball.js'

// Modules are looked for where the links are, not where they lead to, so that only what is linked is found.
const asInstalled = ['--preserve-symlinks', '--preserve-symlinks-main']

const compilerOptions = {
  strict: true,
  skipLibCheck: false,
  module: 'nodenext',
  target: 'es2023',
  declaration: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  preserveSymlinks: true,
}

/** A project that has installed the package and the packages named, and nothing else. */
export class Consumer {
  readonly #folder = temporaryFolder()
  readonly #types: readonly string[]

  constructor(packages: readonly string[]) {
    linkPackages([...Object.keys(manifest.dependencies), ...packages], join(this.#folder, 'node_modules'))
    this.#types = packages.filter((name) => name.startsWith('@types/')).map((name) => name.slice('@types/'.length))
    this.#write('package.json', { type: 'module' })
  }

  async install(tarball: string): Promise<void> {
    const folder = join(this.#folder, 'node_modules', manifest.name)
    mkdirSync(folder)
    expectSuccess(await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']))
  }

  /** Compiles a file of the folder `consumers` as strictly as a user may, and runs it. */
  async compile(name: string): Promise<Outcome> {
    copyFileSync(join(root, 'test/package/support/consumers', `${name}.ts`), join(this.#folder, 'main.ts'))
    this.#write('tsconfig.json', { compilerOptions: { ...compilerOptions, types: this.#types }, files: ['main.ts'] })
    return runTool('tsc', ['--pretty', 'false'], { cwd: this.#folder })
  }

  start(): Promise<Outcome> {
    return runNode([...asInstalled, 'main.js'], { cwd: this.#folder })
  }

  evaluate(code: string): Promise<Outcome> {
    return runNode([...asInstalled, '--input-type=commonjs', '--eval', code], { cwd: this.#folder })
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }

  #write(name: string, content: object): void {
    writeFileSync(join(this.#folder, name), JSON.stringify(content))
  }
}
