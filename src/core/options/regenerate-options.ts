import { check, oneOf } from '../validation.js'
import { refuseUnknown } from './unknown-options.js'

/** How `ctx.session.regenerate()` gives a session another id. */
export interface RegenerateOptions {
  /**
   * `0`: the old id opens nothing from the commit on, also where the option `grace` of the middleware would let it. For a
   * change of rights, so that nobody goes on with the old ones. Default: as the option `grace` says.
   */
  readonly grace?: 0 | undefined
}

/** Whether the old id opens nothing any more. Throws `OPTION_UNKNOWN` or `OPTION_INVALID`. */
export function isWithoutGrace(options: RegenerateOptions = {}): boolean {
  refuseUnknown('regenerate()', options, ['grace'] satisfies (keyof RegenerateOptions)[])
  return check('grace of regenerate()', options.grace, oneOf(0, undefined), '0, or leave it out') === 0
}
