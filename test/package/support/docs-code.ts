import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { blocksOfComments, blocksOfMarkdown, type CodeBlock, proseOf } from './code-blocks.js'
import { filesIn, read, root } from './project.js'

// A block in any of these languages is code that must compile, under the name that all blocks use.
const languages = /^(ts|js|typescript|javascript|[mc][tj]s|[tj]sx|node)$/i

/** The pages that a user reads. Decisions are for those who work on the package. */
export function pages(): string[] {
  const docs = existsSync(join(root, 'docs')) ? filesIn('docs', '.md') : []
  return ['README.md', ...docs.filter((page) => !page.startsWith('docs/decisions/'))]
}

/** The code on a page. */
export function codeOn(page: string): CodeBlock[] {
  const text = existsSync(join(root, page)) ? read(page) : ''
  return blocksOfMarkdown(page, text).filter(isCode)
}

/** The code in the doc comments of the sources. */
export function codeInComments(): CodeBlock[] {
  return filesIn('src', '.ts').flatMap((file) => blocksOfComments(file, read(file)).filter(isCode))
}

/** Where an `@example` is not followed by a fenced block, so that nothing could compile it. */
export function examplesWithoutCode(): string[] {
  return filesIn('src', '.ts').flatMap((file) => {
    const lines = proseOf(read(file)).split('\n')
    const wrong = [...lines.keys()].filter((index) => isWrongExample(lines[index], lines[index + 1]))
    return wrong.map((index) => `${file}:${index + 1}`)
  })
}

/** Why a block could not be checked, if so. Its info is a language and at most a file name. */
export function problemOf({ page, line, language, info }: CodeBlock): string | undefined {
  const at = `${page}:${line}`
  if (language !== 'ts' && language !== 'js') return `${at}: call the language ts or js, not ${language}`
  if (info !== '' && titleOf(info) === undefined) return `${at}: write title=<file name> or nothing, not ${info}`
  return undefined
}

/** The file name in the info of a block. */
export function titleOf(info: string): string | undefined {
  return /^title=["']?([\w./-]+\.[mc]?[jt]s)["']?$/.exec(info)?.[1]
}

function isCode({ language }: CodeBlock): boolean {
  return languages.test(language)
}

function isWrongExample(line = '', next = ''): boolean {
  return line.trimStart().startsWith('@example') && !/^\s*```(ts|js)$/.test(next)
}
