/** The header `Cookie` of a request. Several headers, as HTTP/2 allows, are an array unless the server joined them. */
export type CookieHeader = string | readonly string[] | undefined

/**
 * The value of the first cookie with this name, read as by Koa's `ctx.cookies.get()` for an unsigned cookie: nothing is
 * decoded or trimmed, and quotes around the value are removed. `undefined` if there is no such cookie.
 */
export function cookieIn(header: CookieHeader, name: string): string | undefined {
  if (!header) return undefined
  const text = withoutBlanks(typeof header === 'string' ? header : header.join('; '))
  const wanted = `${name}=`
  let at = text.indexOf(wanted)
  while (at !== -1 && !isBegin(text, at)) at = text.indexOf(wanted, at + 1)
  return at === -1 ? undefined : valueAt(text, at + wanted.length)
}

/** The header without spaces and tabs around it. In a request that Node has read there are none. */
function withoutBlanks(header: string): string {
  let [begin, end] = [0, header.length]
  while (isBlank(header[begin])) begin++
  while (end > begin && isBlank(header[end - 1])) end--
  return begin === 0 && end === header.length ? header : header.slice(begin, end)
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/** Whether a cookie begins at this index: before it there are only blanks, up to a semicolon or the beginning. */
function isBegin(text: string, at: number): boolean {
  let before = at - 1
  while (text[before] === ' ') before--
  return before < 0 || text[before] === ';'
}

function valueAt(text: string, begin: number): string {
  const end = text.indexOf(';', begin)
  const value = text.slice(begin, end === -1 ? text.length : end)
  return value.startsWith('"') ? value.slice(1, -1) : value
}
