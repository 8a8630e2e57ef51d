import { keepNumbers } from './json-numbers.js'
import { memberText, rewriteMembers } from './json-text.js'
import type { LazyData } from './lazy-data.js'
import { jsonSerializer, type Serializer, serialize } from './serializer.js'

/** The texts that the values of a session were read from. */
export interface DataSources {
  /** The text of the row; `undefined` for a new session. */
  readonly text: string | undefined
  /** The text that the row had before it was read again. */
  readonly former: string | undefined
}

/**
 * Serializes `data`, whose keys `changed` differ from the text of the row. In JSON all other keys keep their text, so that
 * values of other programs stay exact: a number of 64 bits, for instance, which JavaScript would round.
 */
export function textOf(
  serializer: Serializer,
  data: LazyData,
  changed: ReadonlySet<string>,
  { text, former }: DataSources,
): string {
  if (text === undefined || serializer !== jsonSerializer) return serialize(serializer, data.all())
  return rewriteMembers(text, changed, (name, before) => {
    const value = valueText(serializer, name, data.get(name))
    const sources = [before, former && memberText(former, name)].filter((source) => source !== undefined)
    return value && keepNumbers(value, sources)
  })
}

/**
 * The text of a row with `text` after the keys `changed` were written as in the text `written`. `data` has the values of all
 * keys.
 */
export function textAfter(
  serializer: Serializer,
  data: LazyData,
  changed: ReadonlySet<string>,
  text: string | undefined,
  written: string,
): string {
  if (serializer !== jsonSerializer) return serialize(serializer, data.all())
  return rewriteMembers(text ?? '{}', changed, (name) => memberText(written, name))
}

/** The text of one value; `undefined` for a value that JSON leaves out. */
function valueText(serializer: Serializer, name: string, value: unknown): string | undefined {
  const text = serialize(serializer, { [name]: value })
  return text === '{}' ? undefined : text.slice(`{${JSON.stringify(name)}:`.length, -1)
}
