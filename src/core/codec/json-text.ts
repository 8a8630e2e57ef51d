/** A member of the object in a JSON text: its name, and the positions of it and of its value. */
interface Member {
  readonly name: string
  readonly start: number
  readonly valueStart: number
  readonly end: number
}

/**
 * Returns the new text of the value of the member `name`, or `undefined` to remove the member. `before` is the present text,
 * if there is one.
 */
export type WriteMember = (name: string, before: string | undefined) => string | undefined

/**
 * Rewrites the members `names` of the object in a JSON text, and keeps all other text as it is: numbers that JavaScript
 * cannot hold, escapes, the order of the keys, white space. `JSON.parse` must accept `text`.
 */
export function rewriteMembers(text: string, names: ReadonlySet<string>, write: WriteMember): string {
  const members = membersOf(text)
  const values = new Map<string, string | undefined>()
  for (const name of names) values.set(name, write(name, lastValue(text, members, name)))
  const [first, last] = [members[0], members.at(-1)]
  const inner = text.indexOf('{') + 1
  const written = writtenMembers(text, members, values)
  if (written === '') return '{}'
  return text.slice(0, first?.start ?? inner) + written + text.slice(last?.end ?? inner)
}

/** Gives members of the object in a JSON text the names in `names`, and keeps all other text. `JSON.parse` must accept `text`. */
export function renameMembers(text: string, names: ReadonlyMap<string, string>): string {
  let written = ''
  let from = 0
  for (const { name, start, valueStart } of membersOf(text)) {
    const next = names.get(name)
    if (next !== undefined) {
      written += `${text.slice(from, start)}${JSON.stringify(next)}:`
      from = valueStart
    }
  }
  return written + text.slice(from)
}

/** The text of the value that `JSON.parse` reads for the member `name`. */
export function memberText(text: string, name: string): string | undefined {
  return lastValue(text, membersOf(text), name)
}

/** The text of the last member with this name, which is the one that `JSON.parse` uses. */
function lastValue(text: string, members: readonly Member[], name: string): string | undefined {
  const member = members.findLast((member) => member.name === name)
  return member && text.slice(member.valueStart, member.end)
}

/** Writes the members with the new `values`, each once: in the place of its first occurrence, or at the end. */
function writtenMembers(text: string, members: readonly Member[], values: Map<string, string | undefined>): string {
  const names = new Set(values.keys())
  let written = ''
  let before = 0
  for (const { name, start, valueStart, end } of members) {
    const isKept = !names.has(name)
    const value = isKept ? text.slice(valueStart, end) : values.get(name)
    values.delete(name)
    if (value !== undefined) {
      if (written !== '') written += text.slice(before, start)
      written += text.slice(start, valueStart) + value
    }
    before = end
  }
  for (const [name, value] of values) {
    if (value !== undefined) written += `${written && ','}${JSON.stringify(name)}:${value}`
  }
  return written
}

/**
 * The text of the value of each member: of the last one if several have a name, as `JSON.parse` reads them. Only the outermost
 * object is looked at; `undefined` if it is not complete, or is no object.
 */
export function valueTextsOf(text: string): Map<string, string> | undefined {
  const values = new Map<string, string>()
  let at = skipSpace(text, 0)
  if (text.charCodeAt(at) !== openBrace) return undefined
  at = skipSpace(text, at + 1)
  if (text.charCodeAt(at) === closeBrace) return isEnd(text, at + 1) ? values : undefined
  for (;;) {
    if (text.charCodeAt(at) !== quote) return undefined
    const nameEnd = endOfString(text, at)
    const separator = skipSpace(text, nameEnd)
    if (text.charCodeAt(separator) !== colon) return undefined
    const start = skipSpace(text, separator + 1)
    const end = endOfValue(text, start)
    const name = readName(text.slice(at, nameEnd))
    if (end === start || name === undefined) return undefined
    values.set(name, text.slice(start, end))
    at = skipSpace(text, end)
    const next = text.charCodeAt(at)
    if (next !== comma) return next === closeBrace && isEnd(text, at + 1) ? values : undefined
    at = skipSpace(text, at + 1)
  }
}

function isEnd(text: string, at: number): boolean {
  return skipSpace(text, at) === text.length
}

/** The name, if its literal is right. */
function readName(literal: string): string | undefined {
  try {
    return nameOf(literal)
  } catch {
    return undefined
  }
}

function membersOf(text: string): Member[] {
  const members: Member[] = []
  for (let start = text.indexOf('"'); start >= 0; ) {
    const nameEnd = endOfString(text, start)
    const valueStart = skipSpace(text, text.indexOf(':', nameEnd) + 1)
    const end = endOfValue(text, valueStart)
    members.push({ name: nameOf(text.slice(start, nameEnd)), start, valueStart, end })
    start = text.indexOf('"', end)
  }
  return members
}

function nameOf(literal: string): string {
  return literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1)
}

const [quote, comma, colon, openBracket, closeBracket, openBrace, closeBrace, backslash] = Array.from(
  '",:[]{}\\',
  (character) => character.charCodeAt(0),
)
/** The highest character code of white space in JSON. No other character up to it may stand between values. */
const blank = 32

function skipSpace(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) <= blank) at++
  return at
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === quote) return endOfString(text, start)
  if (first === openBrace || first === openBracket) return endOfNested(text, start)
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= blank || code === comma || code === closeBrace || code === closeBracket) break
  }
  return at
}

function endOfNested(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at) - 1
    else if (code === openBrace || code === openBracket) depth++
    else if ((code === closeBrace || code === closeBracket) && --depth === 0) return at + 1
  }
  return text.length
}

/** The end of the string that begins with the quote at `start`: the index behind its closing quote. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = at
    while (text.charCodeAt(escapes - 1) === backslash) escapes--
    if ((at - escapes) % 2 === 0) return at + 1
  }
  return text.length
}
