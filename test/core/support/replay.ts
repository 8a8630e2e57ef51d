import { isDeepStrictEqual } from 'node:util'
import type { MergeFunction } from 'koa-session-model'

/** The properties of a session, by name. */
export type Values = ReadonlyMap<string, unknown>

/** What one request knows of the session: as it was read or last written, and with what was changed since. */
export interface Sight {
  base: Values
  view: Map<string, unknown>
  /** The id that the session had then. */
  readonly id: string
}

/** What a session must hold: a replay of the acknowledged operations in the order of their commits. */
export class Replay {
  id: string
  values: Values
  isEnded = false
  readonly #merge: Readonly<Record<string, MergeFunction>>
  /** What the session was when an id was replaced, and when that was. */
  readonly #replaced = new Map<string, { readonly values: Values; readonly at: number }>()

  constructor(id: string, values: Values, merge: Readonly<Record<string, MergeFunction>> = {}) {
    this.id = id
    this.values = values
    this.#merge = merge
  }

  /** What a request sees that comes with this id, if it opens the session. */
  open(id: string, now: number, grace: number): Sight | undefined {
    const past = this.#replaced.get(id)
    if (this.isEnded || (past && now >= past.at + grace)) return undefined
    const base = past?.values ?? this.values
    return { base, view: new Map(base), id }
  }

  /**
   * Makes the changes of a request on what the session holds, property by property. The request goes on with the result;
   * one whose id was replaced goes on with what it saw.
   */
  write(sight: Sight): void {
    if (!hasChanges(sight)) return
    const next = new Map(this.values)
    for (const name of new Set([...sight.base.keys(), ...sight.view.keys()])) {
      const [base, mine, theirs] = [sight.base.get(name), sight.view.get(name), next.get(name)]
      if (isDeepStrictEqual(base, mine)) continue
      const merge = Object.hasOwn(this.#merge, name) ? this.#merge[name] : undefined
      const value = merge && !isDeepStrictEqual(base, theirs) ? merge(base, mine, theirs) : mine
      if (value === undefined) next.delete(name)
      else next.set(name, value)
    }
    this.values = next
    this.#settle(sight)
  }

  /** Counts, from what the session holds now. */
  count(sight: Sight): void {
    const counter = Number(this.values.get('counter')) + 1
    this.values = new Map([...this.values, ['counter', counter]])
    sight.view.set('counter', counter)
    this.#settle(sight)
  }

  /** Gives the session another id. `before` is what the old one goes on to show. */
  replace(id: string, before: Values, at: number): void {
    this.#replaced.set(this.id, { values: before, at })
    this.id = id
  }

  #settle(sight: Sight): void {
    if (sight.id === this.id) sight.view = new Map(this.values)
    sight.base = new Map(sight.view)
  }
}

/** Whether a request has changed anything. */
export function hasChanges({ base, view }: Sight): boolean {
  return !isDeepStrictEqual(base, view)
}
