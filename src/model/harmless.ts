/**
 * A function that logs as `log` does, and never throws: a statement whose log fails may have been executed, or run still.
 * The first error that `log` throws, or rejects with, becomes a warning of the process.
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
