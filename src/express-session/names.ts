import { reservedNames } from '../core/properties/property-names.js'

/** One of these in front of a name tells that the rest is a name which the core uses itself. */
const mark = '~'

/** The name that a property of the host is stored under: `id` as `~id`, and `~id` as `~~id`. */
export function storedName(name: string): string {
  return isEscaped(name) ? mark + name : name
}

/** The name of the property that is stored under `name`. */
export function hostName(name: string): string {
  return name.startsWith(mark) && isEscaped(name) ? name.slice(mark.length) : name
}

function isEscaped(name: string): boolean {
  return reservedNames.has(name.replace(/^~+/, ''))
}
