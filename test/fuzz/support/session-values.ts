import fc from 'fast-check'
import { reservedNames } from '../../../src/core/properties/property-names.js'
import { text } from './session-texts.js'

const edges = fc.constantFrom(
  0,
  -0,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 53,
  2 ** 63,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.EPSILON,
  0.1,
  1e21,
  1e-7,
)

const number = fc.oneof(edges, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))

const names = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'valueOf',
  'then',
  'toJSON',
  'length',
  '$session',
  'key',
  'data',
  'version',
  '0',
  '-1',
  '4294967295',
)

const key = fc.oneof({ weight: 1, arbitrary: names }, { weight: 3, arbitrary: text })

/** `Object.fromEntries` makes `__proto__` a key like any other. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 6, arbitrary: fc.oneof(text, text, number, fc.boolean(), fc.constant(null)) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 5 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
    },
  ),
}))

/** What the session has of its own, and the columns of the models in these tests. */
const isFree = (name: string): boolean => !reservedNames.has(name) && name !== 'userId' && name !== 'label'

const pair = fc.tuple(key.filter(isFree), value)
/** What the library itself writes in front of the data: here it is data, and often the first of it. */
const head = fc.tuple(
  fc.constant('$session'),
  fc.oneof(value, fc.constantFrom<unknown[]>({}, { key: 'x' }, { lock: true }, { trace: 'x' }, { maxAge: -1 })),
)

/** The properties of sessions, with `count` values each. */
export function sessionValues(count: number): fc.Arbitrary<Record<string, unknown>> {
  const others = (length: number) => ({ minLength: length, maxLength: length, selector: nameOf })
  return fc.oneof(
    { weight: 1, arbitrary: fc.uniqueArray(pair, others(count)).map((pairs) => Object.fromEntries(pairs)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(head, fc.uniqueArray(pair.filter(isNoHead), others(count - 1)))
        .map(([first, pairs]) => Object.fromEntries([first, ...pairs])),
    },
  )
}

function nameOf([name]: readonly [string, unknown]): string {
  return name
}

function isNoHead([name]: readonly [string, unknown]): boolean {
  return name !== '$session'
}

/** The value as JSON has it: it knows no -0, which comes back as 0. All else must come back as it is. */
export function asJsonHasIt(value: unknown): unknown {
  if (value === 0) return 0
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(asJsonHasIt)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asJsonHasIt(inner)]))
}
