import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { DocsFile, DocsProject } from './docs-project.js'
import { argumentsFor } from './docs-runner.js'
import { root } from './project.js'
import { type Outcome, runNode, runTool } from './run.js'

const compilerOptions = {
  strict: true,
  skipLibCheck: true,
  module: 'nodenext',
  moduleDetection: 'force',
  target: 'es2023',
  types: ['node'],
  allowJs: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  sourceMap: true,
  rootDir: 'src',
  outDir: 'out',
}

const preload = new URL('./answer-once.js', import.meta.url).href

/** A folder inside of the package, where code finds the package by its name, to compile and run projects in. */
export class DocsWorkspace {
  readonly #folder: string
  readonly #projects: readonly DocsProject[]

  constructor(projects: readonly DocsProject[]) {
    mkdirSync(join(root, '.tmp'), { recursive: true })
    this.#folder = mkdtempSync(join(root, '.tmp', 'docs-'))
    this.#projects = projects
    this.#write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src'] }))
    for (const project of projects) for (const file of project.files) this.#writeFile(project, file)
  }

  /** Compiles all files at once. The errors name pages and lines. */
  async compile(): Promise<readonly string[]> {
    const { code, output } = await runTool('tsc', ['--pretty', 'false', '--project', this.#folder], { cwd: root })
    if (code === 0) return []
    return this.#atPages(output).split(/\n(?=\S)/)
  }

  /** Starts a compiled file in a folder of its own. */
  async start({ folder }: DocsProject, { name, block }: DocsFile, timeLimit: number): Promise<Outcome> {
    const cwd = join(this.#folder, 'run', folder, name)
    mkdirSync(cwd, { recursive: true })
    const out = join(this.#folder, 'out', folder)
    const program = argumentsFor(block.code, join(out, name.replace(/ts$/, 'js')), out)
    const options = ['--enable-source-maps', '--import', preload]
    const { code, output } = await runNode([...options, ...program], { cwd, timeLimit })
    return { code, output: this.#atPages(output) }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }

  /** Each line of code is on the line that it has on its page, so that no line number needs a translation. */
  #writeFile({ folder }: DocsProject, { name, block }: DocsFile): void {
    this.#write(join('src', folder, name), '\n'.repeat(block.line - 1) + block.code)
  }

  #write(path: string, text: string): void {
    const target = join(this.#folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
  }

  #atPages(output: string): string {
    let text = output
      .replaceAll('file://', '')
      .replaceAll(`${root}/`, '')
      .replaceAll(`${relative(root, this.#folder)}/src/`, '')
    for (const { folder, files } of this.#projects) {
      for (const { name, block } of files) text = text.replaceAll(`${folder}/${name}`, block.page)
    }
    return text.replace(/\((\d+),(\d+)\): error/g, ':$1:$2: error')
  }
}
