/** A fenced block of code, and where it is. */
export interface CodeBlock {
  /** The path of its file, relative to the package. */
  readonly page: string
  /** The line of the file that its first line of code is on. */
  readonly line: number
  readonly language: string
  /** What stands behind the language. */
  readonly info: string
  readonly code: string
}

interface Fence {
  readonly line: number
  readonly indent: number
  readonly mark: string
  readonly language: string
  readonly info: string
}

const fence = /^(?<indent>\s*)(?<mark>`{3,}|~{3,})\s*(?<language>[^\s`]*)[ \t]*(?<info>[^`]*?)\s*$/

/** The fenced blocks of a Markdown page. */
export function blocksOfMarkdown(page: string, text: string): CodeBlock[] {
  const lines = text.split('\n')
  const blocks: CodeBlock[] = []
  let open: Fence | undefined
  for (const [index, line] of lines.entries()) {
    const found = parseFence(line, index + 1)
    if (open && found && closes(found, open)) {
      blocks.push(blockBetween(page, lines, open, found))
      open = undefined
    } else open ??= found
  }
  if (open) throw new Error(`${page}:${open.line} opens a block of code that nothing closes.`)
  return blocks
}

/** The fenced blocks in the doc comments of a source file. */
export function blocksOfComments(file: string, source: string): CodeBlock[] {
  return blocksOfMarkdown(file, proseOf(source))
}

/** What the doc comments say, each line where it is in the file. */
export function proseOf(source: string): string {
  const comments = source.matchAll(/\/\*\*.*?\*\//gs)
  let prose = ''
  for (const { 0: comment, index } of comments) {
    prose += blank(source.slice(prose.length, index)) + comment
  }
  return prose.replace(/^ *(\/\*\*|\*\/|\*) ?/gm, '')
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

function parseFence(text: string, line: number): Fence | undefined {
  const groups = fence.exec(text)?.groups
  if (!groups) return undefined
  const { indent = '', mark = '', language = '', info = '' } = groups
  return { line, indent: indent.length, mark, language, info }
}

function closes(candidate: Fence, { mark }: Fence): boolean {
  return candidate.language === '' && candidate.mark.startsWith(mark)
}

function blockBetween(page: string, lines: readonly string[], start: Fence, end: Fence): CodeBlock {
  const { line, indent, language, info } = start
  const code = lines.slice(line, end.line - 1).map((text) => text.slice(Math.min(indent, text.search(/\S|$/))))
  return { page, line: line + 1, language, info, code: `${code.join('\n')}\n` }
}
