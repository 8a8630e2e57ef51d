/** A header's value in Node's form: several lines are an array. */
export type HeaderValue = number | string | readonly string[] | undefined

/** The value of a list header: its lines joined; an empty text if the response has none. */
export function listOf(value: HeaderValue): string {
  return value === undefined ? '' : typeof value === 'object' ? value.join(', ') : String(value)
}

/** The list with `token` at its end, and nowhere else. Tokens are compared without case. */
export function withToken(list: string, token: string): string {
  return list === '' || list === token ? token : [...otherTokens(list, token), token].join(', ')
}

/** The header `Vary` of a response that depends on these request headers too. */
export function withVaryOn(list: string, names: readonly string[]): string {
  return otherTokens(list, '').includes('*') ? '*' : names.reduce(withToken, list)
}

/** The lines of a header `Set-Cookie`. */
export function linesOf(value: HeaderValue): readonly string[] {
  return value === undefined ? [] : typeof value === 'object' ? value : [String(value)]
}

/** The name of the cookie that a line of `Set-Cookie` sets, as browsers parse it; an empty text if it has none. */
export function cookieNameIn(line: string): string {
  const [pair = ''] = String(line).split(';', 1)
  return pair.includes('=') ? pair.slice(0, pair.indexOf('=')).trim() : ''
}

function otherTokens(list: string, token: string): string[] {
  const tokens = list.split(',').map((part) => part.trim())
  return tokens.filter((part) => part !== '' && part.toLowerCase() !== token.toLowerCase())
}
