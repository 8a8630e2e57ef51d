import fc from 'fast-check'
import { reservedNames } from '../../../src/core/properties/property-names.js'

/** What a request may do. */
export type Act =
  | readonly [kind: 'read' | 'save' | 'count' | 'commit' | 'login' | 'end']
  | readonly [kind: 'set', name: string, value: unknown]
  | readonly [kind: 'remove', name: string]
  | readonly [kind: 'pass', seconds: number]

/** One moment of a history: a request begins if it has not, with one of the session's ids, and does something. */
export interface Step {
  readonly request: number
  readonly id: number
  readonly act: Act
}

/** The columns of the sessions, as they are in a new one. */
export const columns: Readonly<Record<string, unknown>> = { userId: null, prefs: { theme: 'light' } }

const known = ['userId', 'prefs', 'a', 'b', '__proto__', 'constructor', 'toString', 'then', '', 'naïve 漢字 👩‍👩‍👧']
const isFree = (name: string) => !reservedNames.has(name) && name !== 'counter'

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...known) },
  fc.string({ unit: 'grapheme' }).filter(isFree),
)

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(0, false, '', null, 1),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value))),
)

/** A change of one property. */
export const change = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('set' as const), name, value) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remove' as const), name) },
)
const read = fc.constantFrom<Act>(['read'], ['save'], ['count'])
const pass = fc.tuple(fc.constant('pass' as const), fc.integer({ min: 1, max: 12 }))

/** Up to five requests at a time that overlap as they like; one in so many acts ends the session. */
export function historyWith({ ends }: { readonly ends: number }): fc.Arbitrary<readonly Step[]> {
  const act = fc.oneof<fc.WeightedArbitrary<Act>[]>(
    { weight: 16, arbitrary: change },
    { weight: 8, arbitrary: fc.constant<Act>(['commit']) },
    { weight: 4, arbitrary: read },
    { weight: 2, arbitrary: fc.constant<Act>(['login']) },
    { weight: 2, arbitrary: pass },
    { weight: ends, arbitrary: fc.constant<Act>(['end']) },
  )
  const step = fc.record({ request: fc.nat({ max: 4 }), id: fc.nat({ max: 9 }), act })
  return fc.array(step, { minLength: 1, maxLength: 60, size: 'max' })
}
