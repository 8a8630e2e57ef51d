import type { PropertySchema } from './property-schema.js'

/** The columns of the managers that have been warned of. */
const warned = new WeakSet<PropertySchema['columns']>()

/**
 * Warns, once for each manager, of a name such as `_x` that a request has set: other session packages keep such a property for
 * the request only, and here it is stored. A column of the model may have such a name.
 */
export function warnOfPrivateName(name: string, { columns }: PropertySchema): void {
  if (!name.startsWith('_') || columns.has(name) || warned.has(columns)) return
  warned.add(columns)
  process.emitWarning(
    `koa-session-model: ctx.session.${name} is stored with the session. koa-session keeps names that begin with '_' for the request ` +
      'only: use ctx.state for that. If it is to be stored, give it another name, or start node with ' +
      '--disable-warning=KOA_SESSION_MODEL_PRIVATE_NAME.',
    { code: 'KOA_SESSION_MODEL_PRIVATE_NAME' },
  )
}
