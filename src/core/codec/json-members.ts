/**
 * The members of the object in a JSON text, by the positions of their names and values. It looks at the outermost object
 * only: whether a value is JSON shows when that is parsed.
 */
export class JsonMembers {
  readonly text: string
  /** Four positions for each member: where its name begins and ends, and where its value does. Numbers need few objects. */
  readonly #positions: number[] = []
  /** Whether the text has escapes, so that a name may be written in other ways than usual. */
  readonly #hasEscapes: boolean

  private constructor(text: string) {
    this.text = text
    this.#hasEscapes = text.includes('\\')
  }

  /** The members of the object; `undefined` if the text is no object, or is not complete. */
  static of(text: string): JsonMembers | undefined {
    const members = new JsonMembers(text)
    return members.#scan() ? members : undefined
  }

  get count(): number {
    return this.#positions.length / 4
  }

  /** The name of member `n`. */
  name(n: number): string {
    const literal = this.text.slice(this.start(n), this.#positions[4 * n + 1])
    return literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1)
  }

  /** Where member `n` begins, with its name. */
  start(n: number): number {
    return this.#positions[4 * n] as number
  }

  /** Where the value of member `n` begins. */
  valueStart(n: number): number {
    return this.#positions[4 * n + 2] as number
  }

  /** Where member `n` ends, with its value. */
  end(n: number): number {
    return this.#positions[4 * n + 3] as number
  }

  /** The text of the value that `JSON.parse` reads for this name: that of the last member with it. */
  valueText(name: string): string | undefined {
    for (let n = this.count - 1; n >= 0; n--) {
      if (this.#isNamed(n, name)) return this.text.slice(this.valueStart(n), this.end(n))
    }
    return undefined
  }

  #isNamed(n: number, name: string): boolean {
    if (this.#hasEscapes) return this.name(n) === name
    const begin = this.start(n) + 1
    return this.#positions[4 * n + 1] === begin + name.length + 1 && this.text.startsWith(name, begin)
  }

  /** Finds the positions. Returns whether the text is a complete object. */
  #scan(): boolean {
    const { text } = this
    let at = skipSpace(text, 0)
    if (text.charCodeAt(at) !== openBrace) return false
    at = skipSpace(text, at + 1)
    if (text.charCodeAt(at) === closeBrace) return isEnd(text, at + 1)
    for (;;) {
      const end = this.#scanMember(at)
      at = skipSpace(text, end)
      const next = text.charCodeAt(at)
      if (end < 0 || next !== comma) return end > 0 && next === closeBrace && isEnd(text, at + 1)
      at = skipSpace(text, at + 1)
    }
  }

  /** Notes the member that begins at `start`. Returns where it ends; a negative number if there is none. */
  #scanMember(start: number): number {
    const { text } = this
    if (text.charCodeAt(start) !== quote) return -1
    const nameEnd = endOfString(text, start)
    const separator = skipSpace(text, nameEnd)
    if (text.charCodeAt(separator) !== colon) return -1
    const valueStart = skipSpace(text, separator + 1)
    const end = endOfValue(text, valueStart)
    if (end === valueStart || !this.#isName(start, nameEnd)) return -1
    this.#positions.push(start, nameEnd, valueStart, end)
    return end
  }

  #isName(start: number, end: number): boolean {
    return !this.#hasEscapes || isJson(this.text.slice(start, end))
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
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

function isEnd(text: string, at: number): boolean {
  return skipSpace(text, at) === text.length
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
