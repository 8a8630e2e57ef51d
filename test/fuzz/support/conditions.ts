import fc from 'fast-check'
import { Op } from 'sequelize'
import { MoreThan, Raw } from 'typeorm'

/** Values that only look plain, and those that an ORM takes for an operator. */
const tricks = fc.constantFrom<(() => unknown)[]>(
  () => ({ $gt: '' }),
  () => ({ [Op.ne]: null }),
  () => ({ [Op.or]: [1, null] }),
  () => MoreThan(0),
  () => Raw(() => 'TRUE'),
  () => [1, 2],
  () => [],
  () => Symbol('x'),
  () => Op.ne,
  () => () => 'TRUE',
  () => Object('text'),
  () => Object(5),
  () => Buffer.from('x'),
  () => new Map(),
  () => ({ toString: () => 'x' }),
  () => ({ toJSON: () => 1 }),
  () => new Proxy({}, { get: () => 5, getPrototypeOf: () => Date.prototype }),
  () => Object.create(Date.prototype),
  () => Object.create(Date.prototype, { getTime: { value: () => 1 } }),
  () => Object.assign(new Date(0), { [Op.gt]: 0, toSqlString: () => 'TRUE' }),
  () => Object.assign(new Date(Number.NaN), { getTime: () => 1 }),
  () =>
    new (class extends Date {
      override toISOString = () => "' OR TRUE --"
      override getTime = () => 1
    })(),
  () => new Proxy(new Date(0), {}),
)

const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.date({ noInvalidDate: false }),
      fc.constantFrom(null, undefined),
    ),
  },
  { weight: 3, arbitrary: tricks.map((make) => make()) },
  {
    weight: 2,
    arbitrary: fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withBigInt: true,
      withNullPrototype: true,
      withBoxedValues: true,
    }),
  },
)

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('userId', 'label', 'id', 'seenAt') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('data', 'expires', 'version', '__proto__', 'constructor', 'toString', '$or', '0', ''),
  },
  { weight: 1, arbitrary: fc.string() },
)

type Property = readonly [string | symbol, PropertyDescriptor]

/** A plain value, or a getter that gives a plain value once and another one from then on. */
const descriptor: fc.Arbitrary<PropertyDescriptor> = fc.oneof(
  { weight: 5, arbitrary: value.map((value) => ({ value, enumerable: true })) },
  { weight: 1, arbitrary: value.map((later) => ({ get: twoFaced(later), enumerable: true })) },
  { weight: 1, arbitrary: value.map((value) => ({ value, enumerable: false })) },
)

function twoFaced(later: unknown): () => unknown {
  let asked = 0
  return () => (asked++ === 0 ? 1 : later)
}

const symbols = fc.constantFrom(Op.or, Op.and, Symbol('x'), Symbol.toPrimitive, Symbol.iterator)
const property: fc.Arbitrary<Property> = fc.tuple(
  fc.oneof({ weight: 8, arbitrary: name }, { weight: 1, arbitrary: symbols }),
  descriptor,
)
const prototype = fc.oneof(
  { weight: 4, arbitrary: fc.constant(Object.prototype) },
  { weight: 1, arbitrary: fc.constantFrom(null, Array.prototype, Date.prototype, { userId: 1 }, { [Op.or]: [] }) },
)

const object = fc.tuple(prototype, fc.array(property, { maxLength: 3 })).map(([prototype, properties]) => {
  const object: object = Object.create(prototype)
  for (const [name, descriptor] of properties)
    Object.defineProperty(object, name, { ...descriptor, configurable: true })
  return object
})

/** Conditions as an attacker would like to have them, and some that are right. */
export const conditions: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: object },
  { weight: 1, arbitrary: object.map((target) => new Proxy(target, {})) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      tricks.map((make) => make()),
      fc.anything(),
    ),
  },
)

export { value as conditionValues }
