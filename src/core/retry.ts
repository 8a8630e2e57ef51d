import { setTimeout as sleep } from 'node:timers/promises'
import { SessionError } from './errors.js'

const attempts = 20
/** The longest pause, in milliseconds, before the first repetition; it doubles up to {@link longestPause}. */
const firstPause = 2
const longestPause = 64

/**
 * Runs `attempt` until it tells that it has succeeded, with a random, growing pause between two runs, so that
 * processes that compete for one row do not meet again and again.
 */
export async function retry(attempt: () => Promise<boolean>): Promise<void> {
  for (let number = 0; number < attempts; number++) {
    if (number > 0) await sleep(Math.random() * Math.min(longestPause, firstPause * 2 ** number))
    if (await attempt()) return
  }
  throw new SessionError(
    'CONFLICT',
    `Other requests changed the session ${attempts} times while this one tried to. ` +
      'What it tried to write is not stored: repeat the request, or let fewer requests write to one session.',
  )
}
