import { setTimeout as sleep } from 'node:timers/promises'
import type { FailureBefore } from '../errors.js'
import { SessionError } from '../errors.js'
import type { Deadline } from './deadline.js'

/** How often, and with which pauses in milliseconds, something is tried again. */
export interface Patience {
  readonly attempts: number
  readonly longestPause: number
}

/** What is enough where nobody holds the others up. */
export const usual: Patience = { attempts: 30, longestPause: 64 }
/** For a request that wants to replace an id, but must wait for another one that does so, or has crashed while it did. */
export const untilTakenOver: Patience = { attempts: 200, longestPause: 64 }
/** The longest pause before the first repetition, in milliseconds; it doubles up to {@link Patience.longestPause}. */
const firstPause = 2

/**
 * Waits before repetition `number` for a random time, which may be longer from one to the next, so that processes that
 * compete do not meet again and again. Rejects with `BACKEND_TIMEOUT` when the time is up, which tells what has failed before.
 */
export function pause(number: number, longestPause: number, deadline: Deadline, failed?: FailureBefore): Promise<void> {
  const longest = Math.min(longestPause, firstPause * 2 ** number)
  const what = (): string =>
    failed ? `the database, which failed ${number} times` : `other requests that were in the way ${number} times`
  return deadline.wait(sleep(Math.random() * longest), what, failed)
}

/**
 * Runs `attempt` until it tells that it has succeeded, with a random, growing pause between two runs. So many attempts have
 * been `made` before.
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
