import { check, oneOf } from '../validation.js'
import { assertKnown } from './unknown-options.js'

/** The options of `ctx.session.regenerate()`. */
export interface RegenerateOptions {
  /**
   * With `0` the old id opens nothing from the commit on, whatever the option `grace` of the middleware says. Use it when
   * rights change, so that no request keeps the old ones. Without it, the option `grace` applies.
   */
  readonly grace?: 0 | undefined
}

/** Whether the options end the old id at once. Throws `OPTION_UNKNOWN` or `OPTION_INVALID`. */
export function isWithoutGrace(options: RegenerateOptions = {}): boolean {
  assertKnown('regenerate()', options, ['grace'] satisfies (keyof RegenerateOptions)[])
  return check('grace of regenerate()', options.grace, oneOf(0, undefined), '0, or leave it out') === 0
}
