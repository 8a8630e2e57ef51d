import type { Attempt } from '../model/attempt.js'
import { attemptKey } from './statements.js'

/**
 * Outside of the application's transactions (`null` also undoes CLS), never on a replica, and whatever the instance has
 * for its own queries: an unknown id is no error, and a column can be emptied. The core repeats what may be repeated: the
 * instance would send a write again whose answer was lost.
 */
export const apart = {
  transaction: null,
  useMaster: true,
  rejectOnEmpty: false,
  omitNull: false,
  retry: { max: 1, timeout: undefined },
} as const

/** {@link apart}, for the statements of one call of the backend. */
export function apartFor(attempt: Attempt): typeof apart & { readonly [attemptKey]: Attempt } {
  return { ...apart, [attemptKey]: attempt }
}
