import { JsonMembers } from './json-members.js'
import { corrupt, deserialize, jsonSerializer, type Serializer } from './serializer.js'

/**
 * The data of a session. Most requests need few of its values, so that each value in JSON is parsed when it is first read; all
 * of them, as soon as all are asked for. Text of another serializer is deserialized as a whole.
 */
export class LazyData {
  readonly #serializer: Serializer
  readonly #text: string | undefined
  /** The members of the text; `null` if they cannot be told apart, so that all are read. */
  #members: JsonMembers | null | undefined
  /** The values that were read or set so far, until all are read. */
  #some: Record<string, unknown> | undefined
  #all: Record<string, unknown> | undefined

  /** Without a text there are no values. */
  constructor(serializer: Serializer, text: string | undefined) {
    this.#serializer = serializer
    this.#text = text
    if (text === undefined) this.#all = Object.create(null) as Record<string, unknown>
    else if (serializer !== jsonSerializer) this.#members = null
  }

  /** The value itself, always the same object. Throws `DATA_CORRUPT`. */
  get(name: string): unknown {
    const members = this.#unparsed()
    if (!members) return this.all()[name]
    const some = this.#known()
    const text = name in some ? undefined : members.valueText(name)
    if (text !== undefined) some[name] = parse(text)
    return some[name]
  }

  has(name: string): boolean {
    const members = this.#unparsed()
    if (!members) return Object.hasOwn(this.all(), name)
    return name in this.#known() || members.valueText(name) !== undefined
  }

  set(name: string, value: unknown): void {
    const values = this.#unparsed() ? this.#known() : this.all()
    values[name] = value
  }

  delete(name: string): void {
    delete this.all()[name]
  }

  /** All values by name, themselves. Throws `DATA_CORRUPT`. */
  all(): Record<string, unknown> {
    if (!this.#all) {
      this.#all = Object.assign(deserialize(this.#serializer, this.#text as string), this.#some)
      this.#some = undefined
    }
    return this.#all
  }

  /** The names of the values that may differ from the text; `undefined` for all names. */
  get touched(): string[] | undefined {
    return this.#all ? undefined : Object.keys(this.#known())
  }

  /** The members of the text, as long as not all are parsed. */
  #unparsed(): JsonMembers | null | undefined {
    if (this.#all) return undefined
    if (this.#members === undefined) this.#members = JsonMembers.of(this.#text as string) ?? null
    return this.#members
  }

  #known(): Record<string, unknown> {
    this.#some ??= Object.create(null) as Record<string, unknown>
    return this.#some
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw corrupt(cause)
  }
}
