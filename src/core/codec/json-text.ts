import { JsonMembers } from './json-members.js'
import { corrupt } from './serializer.js'

/**
 * Returns the new text of the value of the member `name`, or `undefined` to remove the member. `before` is the present text,
 * if there is one.
 */
export type WriteMember = (name: string, before: string | undefined) => string | undefined

/**
 * Rewrites the members `names` of the object in a JSON text, and keeps all other text as it is: numbers that JavaScript
 * cannot hold, escapes, the order of the keys, white space. Throws `DATA_CORRUPT` if the text is no object.
 */
export function rewriteMembers(text: string, names: ReadonlySet<string>, write: WriteMember): string {
  const members = membersOf(text)
  const values = new Map<string, string | undefined>()
  for (const name of names) values.set(name, write(name, members.valueText(name)))
  const { count } = members
  const inner = text.indexOf('{') + 1
  const written = writtenMembers(members, values)
  if (written === '') return '{}'
  return (
    text.slice(0, count > 0 ? members.start(0) : inner) +
    written +
    text.slice(count > 0 ? members.end(count - 1) : inner)
  )
}

/** Gives members of the object in a JSON text the names in `names`, and keeps all other text. */
export function renameMembers(text: string, names: ReadonlyMap<string, string>): string {
  const members = membersOf(text)
  let written = ''
  let from = 0
  for (let n = 0; n < members.count; n++) {
    const next = names.get(members.name(n))
    if (next !== undefined) {
      written += `${text.slice(from, members.start(n))}${JSON.stringify(next)}:`
      from = members.valueStart(n)
    }
  }
  return written + text.slice(from)
}

/** The text of the value that `JSON.parse` reads for the member `name`. */
export function memberText(text: string, name: string): string | undefined {
  return membersOf(text).valueText(name)
}

function membersOf(text: string): JsonMembers {
  const members = JsonMembers.of(text)
  if (!members) throw corrupt()
  return members
}

/** Writes the members with the new `values`, each once: in the place of its first occurrence, or at the end. */
function writtenMembers(members: JsonMembers, values: Map<string, string | undefined>): string {
  const { text, count } = members
  const names = new Set(values.keys())
  let written = ''
  let before = 0
  for (let n = 0; n < count; n++) {
    const [name, start, valueStart, end] = [members.name(n), members.start(n), members.valueStart(n), members.end(n)]
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
