import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { after } from 'mocha'
import ts from 'typescript-5.9'
import { blocksOfMarkdown } from '../package/support/code-blocks.js'

const root = join(import.meta.dirname, '../../..')
const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

/** The exports of a file that docs/migrations.md shows under this title. */
export async function migrationFile(title: string): Promise<Record<string, unknown>> {
  const text = readFileSync(join(root, 'docs/migrations.md'), 'utf8')
  const block = blocksOfMarkdown('docs/migrations.md', text).find(({ info }) => info === `title=${title}`)
  if (!block) throw new Error(`docs/migrations.md has no ${title}.`)
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tmp', 'migrations-'))
  folders.push(folder)
  const isTypeScript = title.endsWith('.ts')
  const file = join(folder, isTypeScript ? title.replace(/ts$/, 'js') : title)
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  writeFileSync(file, isTypeScript ? ts.transpileModule(block.code, { compilerOptions }).outputText : block.code)
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>
}
