/**
 * Wraps a log function so that it never throws: an exception would fail a statement that may have been executed. The first
 * error that `log` throws or rejects with becomes a warning of the process.
 */
export function harmless<Args extends unknown[]>(log: (...args: Args) => unknown): (...args: Args) => unknown {
  let isReported = false
  const report = (error: unknown): void => {
    if (!isReported) process.emitWarning(error instanceof Error ? error : String(error))
    isReported = true
  }
  return (...args) => {
    try {
      const logged = log(...args)
      return logged instanceof Promise ? logged.catch(report) : logged
    } catch (error) {
      return report(error)
    }
  }
}
