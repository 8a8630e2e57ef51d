import { reservedNames } from './property-names.js'

const mark = '$'

/**
 * The name that a property of a host has in the row. A name that `ctx.session` uses itself gets a `$` in front, and so does
 * one that would then look like it: hosts may name properties as they like, and each name has one form only.
 */
export function escapedName(name: string): string {
  return isEscapable(name) ? `${mark}${name}` : name
}

/** The name that a property of the row has for a host: undoes {@link escapedName}. */
export function unescapedName(name: string): string {
  return name.startsWith(mark) && isEscapable(name) ? name.slice(mark.length) : name
}

/** Whether it is a reserved name, behind any number of escapes. */
function isEscapable(name: string): boolean {
  return reservedNames.has(name.replace(/^\$+/, ''))
}
