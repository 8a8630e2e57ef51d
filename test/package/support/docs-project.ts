import { posix } from 'node:path'
import type { CodeBlock } from './code-blocks.js'
import { titleOf } from './docs-code.js'

/** A block as a file that a user would have written. */
export interface DocsFile {
  readonly name: string
  readonly block: CodeBlock
}

/** Blocks that belong together: their files import each other. */
export interface DocsProject {
  /** Where it begins, for people. */
  readonly title: string
  /** Where it begins, as the name of a folder. */
  readonly folder: string
  readonly files: readonly DocsFile[]
}

/**
 * The projects on a page: a block without a title is one, and so are consecutive blocks with titles. A title that has
 * come already begins the next project.
 */
export function projectsOn(blocks: readonly CodeBlock[]): DocsProject[] {
  const groups: DocsFile[][] = []
  for (const block of blocks) {
    const title = titleOf(block.info)
    const group = groups.at(-1)
    if (title && group && belongs(title, group)) group.push({ name: title, block })
    else groups.push([{ name: title ?? `block.${block.language}`, block }])
  }
  return groups.map(projectOf)
}

/** The files to start: those that no other file of the project imports. */
export function entriesOf({ files }: DocsProject): DocsFile[] {
  const imported = new Set(files.flatMap(importedBy))
  return files.filter(({ name }) => !imported.has(withoutExtension(name)))
}

function belongs(title: string, group: readonly DocsFile[]): boolean {
  return group.every(({ name, block }) => titleOf(block.info) !== undefined && name !== title)
}

function projectOf(files: readonly DocsFile[]): DocsProject {
  const [first] = files
  if (!first) throw new Error('A project has at least one file.')
  const { page, line } = first.block
  return { title: `${page}:${line}`, folder: `${page.replaceAll('/', '-')}-${line}`, files }
}

function importedBy({ name, block }: DocsFile): string[] {
  const specifiers = block.code.matchAll(/\b(?:from|import|import\()\s*['"](\.[^'"]+)['"]/g)
  return [...specifiers].map(([, path = '']) => withoutExtension(posix.join(posix.dirname(name), path)))
}

function withoutExtension(name: string): string {
  return posix.normalize(name).replace(/\.[mc]?[jt]s$/, '')
}
