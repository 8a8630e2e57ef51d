import type { SessionBackend } from '../backend/session-backend.js'
import { check, invalidOption } from '../validation.js'
import { toMilliseconds } from './duration.js'
import { isTimerDelay } from './option-checks.js'
import type { LastSeenOptions } from './options.js'
import { assertKnown } from './unknown-options.js'

/** The default of {@link LastSeenOptions}. */
export const defaultLastSeen = { every: '1m' } as const

/** Checks and completes the option `lastSeen`; `null` if the table does not keep when sessions were last used. */
export function resolveLastSeen(
  given: LastSeenOptions | undefined,
  { capabilities }: SessionBackend,
): Readonly<{ every: number }> | null {
  if (!capabilities.lastSeenDates) {
    if (given === undefined) return null
    throw invalidOption('lastSeen', 'set', 'a model with the column lastSeenAt, or leave the option out')
  }
  assertKnown('lastSeen', given ?? {}, ['every'])
  const { every = defaultLastSeen.every } = given ?? {}
  const time = every === 0 ? 0 : toMilliseconds('lastSeen.every', every)
  if (time === 0) return Object.freeze({ every: 0 })
  return Object.freeze({ every: check('lastSeen.every', time, isTimerDelay, 'at most 14 days, or 0') })
}
