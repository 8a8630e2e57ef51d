import { SessionError } from '../core/errors.js'

/** The exit codes of the command line. */
export const exitCodes = { done: 0, failed: 1, usage: 2, found: 3 } as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The stable names of the command line's own errors. Others have the code of their `SessionError`, or `FAILED`. */
export const cliErrorCodes = [
  'BACKEND_UNSUPPORTED',
  'COLUMN_UNKNOWN',
  'CONFIG_EMPTY',
  'CONFIG_FAILED',
  'CONFIG_MISSING',
  'CONFIG_TYPESCRIPT',
  'CONFIRMATION_MISSING',
  'DATABASE_UNREACHABLE',
  'FAILED',
  'MODEL_AMBIGUOUS',
  'MODEL_UNKNOWN',
  'ROW_UNKNOWN',
  'TABLE_UNUSABLE',
  'USAGE',
  'WHERE_INVALID',
] as const

export type CliErrorCode = (typeof cliErrorCodes)[number]

/** What an error has besides its message. */
interface CliErrorOptions extends ErrorOptions {
  /** Default: `FAILED`. */
  readonly code?: CliErrorCode
}

/** An error that the command line reports in one line: the cause, then the cure. */
export class CliError extends Error {
  readonly exitCode: ExitCode
  readonly code: CliErrorCode

  constructor(message: string, exitCode: ExitCode = exitCodes.failed, options: CliErrorOptions = {}) {
    super(message, options)
    this.exitCode = exitCode
    this.code = options.code ?? 'FAILED'
  }
}

/** The error for a command that was called wrongly. */
export function usageError(message: string, code: CliErrorCode = 'USAGE'): CliError {
  return new CliError(message, exitCodes.usage, { code })
}

/** The line that reports an error, for people or as JSON. */
export function reportOf(error: unknown, isJson: boolean): string {
  const message = inOneLine(error)
  if (!isJson) return `koa-session-model: ${message}\n`
  const code = error instanceof CliError || error instanceof SessionError ? error.code : 'FAILED'
  return `${JSON.stringify({ error: { code, message } })}\n`
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
