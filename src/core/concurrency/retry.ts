import { setTimeout as sleep } from 'node:timers/promises'
import type { FailureBefore } from '../errors.js'
import { SessionError } from '../errors.js'
import type { Deadline } from './deadline.js'

/** The number of attempts, and the longest pause between them in milliseconds. */
export interface Patience {
  readonly attempts: number
  readonly longestPause: number
}

/** Enough where no process holds up the others for long. */
export const usual: Patience = { attempts: 30, longestPause: 64 }
/** Enough to wait for another request that is replacing the id, or that crashed while it did. */
export const untilTakenOver: Patience = { attempts: 200, longestPause: 64 }
/** The longest pause before the first repetition, in milliseconds; it doubles up to {@link Patience.longestPause}. */
const firstPause = 2

/**
 * Waits a random time before repetition `number`, so that competing processes do not collide again and again. The longest
 * pause doubles each time, up to `longestPause` milliseconds. Rejects with `BACKEND_TIMEOUT` when the time limit passes;
 * the message names `failed`.
 */
export function pause(number: number, longestPause: number, deadline: Deadline, failed?: FailureBefore): Promise<void> {
  const longest = Math.min(longestPause, firstPause * 2 ** number)
  const what = (): string =>
    failed ? `the database, which failed ${number} times` : `other requests that were in the way ${number} times`
  return deadline.wait(sleep(Math.random() * longest), what, failed)
}

/**
 * Runs `attempt` until it resolves to `true`, with a random, growing pause between two runs. `made` is the number of
 * attempts that were made before this call. Rejects with `CONFLICT` after the last attempt.
 */
export async function retry(
  attempt: () => Promise<boolean>,
  deadline: Deadline,
  patience = usual,
  made = 0,
): Promise<void> {
  const { attempts, longestPause } = patience
  for (let number = made; number < attempts; number++) {
    if (number > 0) await pause(number, longestPause, deadline)
    if (await attempt()) return
  }
  throw new SessionError(
    'CONFLICT',
    `Other requests changed the session ${attempts} times while this one tried to. ` +
      'What it tried to write is not stored: repeat the request, or let fewer requests write to one session.',
  )
}
