/** Members of errors in which drivers and ORMs keep values of a statement. */
const secrets = [
  'sql',
  'sqlMessage',
  'parameters',
  'detail',
  'where',
  'internalQuery',
  'bind',
  'instance',
  'fields',
  'value',
] as const
/** Members of errors in which they keep a wrapped error. */
const wrapped = ['cause', 'parent', 'original', 'driverError', 'errors'] as const

/** Removes the values of the statement from an error of the database, so that logs contain no content of sessions. */
export function redact(error: unknown, seen = new Set<unknown>()): void {
  if (typeof error !== 'object' || error === null || seen.has(error)) return
  seen.add(error)
  for (const name of secrets) Reflect.deleteProperty(error, name)
  if (error instanceof Error) redactText(error)
  else redactItem(error)
  for (const name of wrapped) {
    const inner: unknown = Reflect.get(error, name)
    for (const one of Array.isArray(inner) ? inner : [inner]) redact(one, seen)
  }
}

/** Replaces the message, and the beginning of the stack, which repeats it or an earlier one. */
function redactText(error: Error): void {
  const message = withoutValues(error.message)
  const [frames = ''] = /(\n {4}at [^\n]*)*$/.exec(error.stack ?? '') ?? []
  replace(error, 'message', message)
  replace(error, 'stack', `${error.name}: ${message}${frames}`)
}

/** Replaces the message of an item of Sequelize's validation errors, which is no `Error`. */
function redactItem(item: object): void {
  const message: unknown = Reflect.get(item, 'message')
  if (typeof message === 'string') Reflect.set(item, 'message', withoutValues(message))
}

function replace(error: Error, name: 'message' | 'stack', value: string): void {
  Reflect.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true })
}

/** The statement with its parameters, by which the driver mariadb ends a message. */
const statement = /\r?\nsql: [\s\S]*$/
/** Values that MariaDB, MySQL and PostgreSQL quote in a message with known text behind them. Names of columns and keys stay. */
const quotedValues = [
  /(?<=\b(?:entry|value):? )'[\s\S]*'(?= for )/i,
  /(?<=: )"[\s\S]*"$/,
  /(?<=\bvalue )"[\s\S]*"(?= is out of range)/i,
  /^[\s\S]*(?= is not a valid [a-z])/,
]
/** Values that end a message, or have unknown text behind them. */
const openValues = [/(?<=\b(?:entry|value):? )['"][\s\S]*$/i, /(?<=: )"[\s\S]*$/, /(?<=\bnear )['"][\s\S]*$/i]
/** The longest message, in characters. Cutting a longer one may cut off the end of a quoted value. */
const longestMessage = 1000

function withoutValues(message: string): string {
  const text = message.replace(statement, '')
  const patterns = text.length > longestMessage ? openValues : [...quotedValues, ...openValues]
  return patterns.reduce((shown, quoted) => shown.replace(quoted, '(hidden)'), text.slice(0, longestMessage))
}
