/** The names that `ctx.session` uses itself. A column or a data key cannot have one of them. */
export const reservedNames: ReadonlySet<string> = new Set([
  'authenticatedAt',
  'createdAt',
  'destroy',
  'expires',
  'id',
  'isNew',
  'load',
  'maxAge',
  'regenerate',
  'reload',
  'save',
  'toJSON',
  'touch',
  'update',
])
