import { memberText, renameMembers, rewriteMembers } from './json-text.js'
import { joinData, splitData } from './session-meta.js'

/** The member with the metadata of the session. */
const metaName = '$session'
/** The member with the text of a serializer, where that is no object in JSON, or is one that the database refuses. */
const textName = '$text'
/** Matches the names of our members, and those of data that would be taken for them: these get one more `$`. */
const special = /^\$+(?:session|text)$/
const escaped = /^\$\$+(?:session|text)$/
/** Matches metadata: no value in them contains a brace. */
const isMeta = /^\{[^{}]*\}$/
/** Matches escapes that `jsonb` of PostgreSQL refuses: NUL, and halves of characters. */
const refused = /\\u(?:0000|d[89a-f])/i

/**
 * The JSON for a column of the type `json` or `jsonb`, for the content of a column of text. Text that is an object stays
 * that object, so that other programs find their keys; metadata and other texts become members of their own, because such a
 * column may reorder the members.
 *
 * @see https://www.postgresql.org/docs/current/datatype-json.html
 */
export function toJsonColumn(data: string): string {
  const { head, text } = splitData(data)
  const names = refused.test(text) ? undefined : namesIn(text)
  const object = names ? renamed(text, names, special, (name) => `$${name}`) : JSON.stringify({ [textName]: text })
  if (head === undefined || head === '{}') return object
  const inner = object.slice(object.indexOf('{') + 1)
  return `{"${metaName}":${head}${inner.trimStart() === '}' ? '' : ','}${inner}`
}

/** The content of a column of text, for the JSON in a column of the type `json` or `jsonb`. JSON that is no object stays as it is. */
export function fromJsonColumn(json: string): string {
  if (!json.includes('"$')) return json // fast path: no member of ours
  const names = namesIn(json)
  if (!names?.some((name) => special.test(name))) return json
  const meta = memberText(json, metaName)
  const head = meta !== undefined && isMeta.test(meta) ? meta : undefined
  return joinData(head ?? '{}', textIn(json, names, head !== undefined))
}

function textIn(json: string, names: readonly string[], hasHead: boolean): string {
  const text: unknown = names.includes(textName) ? JSON.parse(memberText(json, textName) as string) : undefined
  if (typeof text === 'string') return text
  const own = hasHead ? rewriteMembers(json, new Set([metaName]), () => undefined) : json
  return renamed(own, names, escaped, (name) => name.slice(1))
}

function renamed(json: string, names: readonly string[], pattern: RegExp, nameOf: (name: string) => string): string {
  const found = names.filter((name) => pattern.test(name))
  return found.length === 0 ? json : renameMembers(json, new Map(found.map((name) => [name, nameOf(name)])))
}

/** The names of the members; `undefined` for text that is no object in JSON. */
function namesIn(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : undefined
  } catch {
    return undefined
  }
}
