/** Where drivers and ORMs keep values of a statement on their errors. */
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
/** Where they keep the error that they have wrapped. */
const wrapped = ['cause', 'parent', 'original', 'driverError', 'errors'] as const

/** Removes the values of the statement from an error of the database: a log is no place for what is in a session. */
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

/** The stack begins with the message, which may be that of before. */
function redactText(error: Error): void {
  const message = withoutValues(error.message)
  const [frames = ''] = /(\n {4}at [^\n]*)*$/.exec(error.stack ?? '') ?? []
  replace(error, 'message', message)
  replace(error, 'stack', `${error.name}: ${message}${frames}`)
}

/** What Sequelize's validators say is no error by itself. */
function redactItem(item: object): void {
  const message: unknown = Reflect.get(item, 'message')
  if (typeof message === 'string') Reflect.set(item, 'message', withoutValues(message))
}

function replace(error: Error, name: 'message' | 'stack', value: string): void {
  Reflect.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true })
}

/** The driver mariadb ends a message with the statement and its parameters. */
const statement = /\r?\nsql: [\s\S]*$/
/** Where MariaDB, MySQL and PostgreSQL quote a value, up to what follows it. Names of columns and keys stay. */
const quotedValues = [
  /(?<=\b(?:entry|value):? )'[\s\S]*'(?= for )/i,
  /(?<=: )"[\s\S]*"$/,
  /(?<=\bvalue )"[\s\S]*"(?= is out of range)/i,
  /^[\s\S]*(?= is not a valid [a-z])/,
]
/** Places where a value stands that nothing known follows. */
const openValues = [/(?<=\b(?:entry|value):? )['"][\s\S]*$/i, /(?<=: )"[\s\S]*$/, /(?<=\bnear )['"][\s\S]*$/i]
/** A value may be as long as somebody wants. What is cut off takes its end along. */
const longestMessage = 1000

function withoutValues(message: string): string {
  const text = message.replace(statement, '')
  const patterns = text.length > longestMessage ? openValues : [...quotedValues, ...openValues]
  return patterns.reduce((shown, quoted) => shown.replace(quoted, '(hidden)'), text.slice(0, longestMessage))
}
