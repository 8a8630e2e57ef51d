import { SessionError } from '../core/errors.js'

/** The exit codes of the command line. */
export const exitCodes = { done: 0, failed: 1, usage: 2, found: 3 } as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** An error that the command line reports in one line: the cause, then the cure. */
export class CliError extends Error {
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = exitCodes.failed, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The error for a command that was called wrongly. */
export function usageError(message: string): CliError {
  return new CliError(message, exitCodes.usage)
}

/** The message of any error, in one line. */
export function inOneLine(error: unknown): string {
  return messageOf(error)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
}

/** Drivers report a host that none of its addresses answers at as an error without a message, with an error for each address. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  const cause = 'original' in error ? error.original : error.cause
  return error.message || (cause ? messageOf(cause) : error.name)
}

/** The exit code for an error: input that no command can use counts as a wrong call. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode
  return error instanceof SessionError && error.code === 'WHERE_INVALID' ? exitCodes.usage : exitCodes.failed
}
