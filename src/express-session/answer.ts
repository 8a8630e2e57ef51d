/** A function in the style of Node.js. */
export type Answer<T> = (error: unknown, result?: T) => void

/**
 * Calls `callback` once with what becomes of `work`. It runs outside of the promise, so that what it throws is an uncaught
 * exception, as with the host's own stores. An error that nobody has a callback for is a warning.
 */
export function answer<T>(work: () => Promise<T>, callback: Answer<T> | undefined): void {
  const tell = (error: unknown, result?: T): void => {
    if (callback) process.nextTick(callback, error, result)
    else if (error) process.emitWarning(error instanceof Error ? error : String(error))
  }
  started(work).then((result) => tell(null, result), tell)
}

/** Runs `work` now. What it throws at once is a rejection. */
async function started<T>(work: () => Promise<T>): Promise<T> {
  return work()
}
