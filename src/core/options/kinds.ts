/** Describes a value that was passed by mistake, for a message; `undefined` for a plain object. */
export function kindOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value === 'function')
    return isClass(value as { name: string }) ? `the class ${nameOf(value)}` : 'a function'
  if (typeof value !== 'object') return `a ${typeof value}`
  if (Array.isArray(value)) return 'an array'
  const known = knownKinds.find(({ methods }) => methods.every((name) => hasMethod(value, name)))
  if (known) return known.kind
  const maker: unknown = value.constructor
  const isPlain = typeof maker !== 'function' || maker === Object || maker.name === 'Object'
  return isPlain ? undefined : `an instance of ${nameOf(maker)}`
}

/** Whether the value is a DataSource of TypeORM or an instance of Sequelize. */
export function isRegistry(value: unknown): boolean {
  const kind = kindOf(value)
  return kind === dataSource || kind === sequelize
}

/** Kinds of values that are easily passed instead of options. */
export const dataSource = 'a DataSource of TypeORM'
export const sequelize = 'an instance of Sequelize'
export const koaApp = 'a Koa app'
export const koaContext = 'a context of Koa'
export const promise = 'a promise'
export const manager = 'a SessionManager'
export const backend = 'a SessionBackend'

/** Kinds of values by methods that only they have, so no package must be imported, and several copies of one are recognized. */
const knownKinds: readonly { readonly kind: string; readonly methods: readonly string[] }[] = [
  { kind: koaApp, methods: ['use', 'callback', 'listen'] },
  { kind: koaContext, methods: ['throw', 'assert', 'onerror'] },
  { kind: dataSource, methods: ['getRepository', 'initialize', 'createQueryBuilder'] },
  { kind: sequelize, methods: ['getDialect', 'define', 'authenticate'] },
  { kind: 'a repository of TypeORM', methods: ['findBy', 'createQueryBuilder', 'insert'] },
  { kind: manager, methods: ['fromRequest', 'revoke', 'deleteExpired'] },
  { kind: backend, methods: ['find', 'insert', 'deleteWhere', 'findExpired'] },
  { kind: promise, methods: ['then'] },
]

function hasMethod(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === 'function'
}

/** Whether the function is a class; one that was compiled to a function is recognized by its capital letter. */
function isClass(value: { readonly name: string; readonly prototype?: unknown }): boolean {
  if (typeof value.prototype !== 'object') return false
  return /^class\b/.test(Function.prototype.toString.call(value)) || /^[A-Z]/.test(value.name)
}

function nameOf({ name }: { readonly name?: unknown }): string {
  return typeof name === 'string' && name !== '' ? name : 'without a name'
}
