/** Where drivers and ORMs keep values of a statement on their errors. */
const secrets = ['sql', 'parameters', 'detail', 'bind', 'instance', 'fields', 'value'] as const
/** Where they keep the error that they have wrapped. */
const wrapped = ['cause', 'parent', 'original', 'driverError', 'errors'] as const

/** Removes the values of the statement from an error of the database: a log is no place for what is in a session. */
export function redact(error: unknown, seen = new Set<unknown>()): void {
  if (typeof error !== 'object' || error === null || seen.has(error)) return
  seen.add(error)
  for (const name of secrets) Reflect.deleteProperty(error, name)
  for (const name of wrapped) {
    const inner: unknown = Reflect.get(error, name)
    for (const one of Array.isArray(inner) ? inner : [inner]) redact(one, seen)
  }
}
