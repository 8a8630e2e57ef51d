import { keepNumbers } from './json-numbers.js'
import { memberText, rewriteMembers } from './json-text.js'
import { jsonSerializer, type Serializer, serialize } from './serializer.js'

/** Where the values of a session come from. */
export interface DataSources {
  /** The text of the row; nothing for a new session. */
  readonly text: string | undefined
  /** The text that the row had before it was read again. */
  readonly former: string | undefined
}

/**
 * The text of `data`, whose keys `changed` differ from the text of the row. In JSON all other keys keep their text, so that
 * what another program wrote stays: a number of 64 bits, for instance, which JavaScript reads as another one.
 */
export function textOf(
  serializer: Serializer,
  data: Record<string, unknown>,
  changed: ReadonlySet<string>,
  { text, former }: DataSources,
): string {
  if (text === undefined || serializer !== jsonSerializer) return serialize(serializer, data)
  return rewriteMembers(text, changed, (name, before) => {
    const value = valueText(serializer, name, data[name])
    const sources = [before, former && memberText(former, name)].filter((source) => source !== undefined)
    return value && keepNumbers(value, sources)
  })
}

/**
 * The text that a row with `text` has after the keys `changed` were written elsewhere: they are as in the text `written`, and
 * `data` are the values of all keys.
 */
export function textAfter(
  serializer: Serializer,
  data: Record<string, unknown>,
  changed: ReadonlySet<string>,
  text: string | undefined,
  written: string,
): string {
  if (serializer !== jsonSerializer) return serialize(serializer, data)
  return rewriteMembers(text ?? '{}', changed, (name) => memberText(written, name))
}

/** Nothing for a value that JSON leaves out. */
function valueText(serializer: Serializer, name: string, value: unknown): string | undefined {
  const text = serialize(serializer, { [name]: value })
  return text === '{}' ? undefined : text.slice(`{${JSON.stringify(name)}:`.length, -1)
}
