import type { BackendFailure, FailureReason } from '../core/backend/session-backend.js'
import { type DriverError, errorsIn, knownFailure } from './failures.js'
import { connectKinds, messageKinds, mysqlKinds, sqliteKinds, sqliteMessages, sqlStateKinds } from './reason-codes.js'
import { type OrmTerms, type ReasonKind, reasonKinds } from './reason-kinds.js'
import { nameIn, safeCode, safeText } from './reason-names.js'

/** What the failures mean whose codes tell nothing more. */
const kindsOfFailures: Readonly<Record<BackendFailure, ReasonKind>> = {
  conflict: 'conflict',
  timeout: 'locked',
  unavailable: 'unavailable',
  uncertain: 'lost',
  failed: 'refused',
}

/** The kinds of which the text of the database tells more. */
const general: readonly ReasonKind[] = ['refused', 'unavailable', 'refusedConnection']

/**
 * Why the database has failed, by an error of a driver or of an ORM. It holds names, of tables and hosts for instance, and no
 * value of the statement. `otherwise` is the kind where codes and messages tell none.
 */
export function reasonOf(
  error: unknown,
  failure: BackendFailure,
  terms: OrmTerms,
  otherwise = kindsOfFailures[failure],
): FailureReason {
  const errors = [...errorsIn(error)]
  for (const found of errors) {
    const kind = kindOf(found)
    if (kind) return sentences(kind, found, terms)
  }
  const isHungUp = failure === 'unavailable' && knownFailure(error) === 'uncertain'
  return sentences(isHungUp ? 'hungUp' : otherwise, errors.find(isOfDriver) ?? errors.at(-1) ?? {}, terms)
}

/** Why nothing was stored where no database has failed, but code of the application that runs with the statements. */
export function reasonOfOthers(error: unknown): FailureReason {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined
  const isCode = typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)
  const what = `${nameOf(error)}${isCode ? ` (${code})` : ''}`
  return {
    problem: `Code that runs with the statements of the session has thrown ${what}${placeOf(error)}; see the cause.`,
    fix: 'Look at the hooks, listeners, subscribers, validators and transformers of the application.',
  }
}

function sentences(kind: ReasonKind, error: DriverError, terms: OrmTerms): FailureReason {
  const { problem, fix } = reasonKinds[kind](nameIn(error, kind), terms)
  const code = safeCode(error)
  const text = general.includes(kind) ? safeText(error) : ''
  return { problem: `${problem}${code === undefined ? '' : ` (${code})`}${text && `: ${text}`}.`, fix }
}

function kindOf(error: DriverError): ReasonKind | undefined {
  const { code, errno, severity, message } = error
  if (typeof code === 'string' && code.startsWith('SQLITE_')) return sqliteKind(code, String(message))
  const byMessage = messageKinds.find(([pattern]) => pattern.test(String(message)))?.[1]
  if (byMessage) return byMessage
  if (typeof severity === 'string') return postgresKind(error)
  if (typeof errno === 'number' && errno > 0) return mysqlKind(error, errno)
  return typeof code === 'string' ? connectKind(error, code) : undefined
}

function isOfDriver({ code, errno }: DriverError): boolean {
  return typeof code === 'string' || typeof errno === 'number'
}

function sqliteKind(code: string, message: string): ReasonKind | undefined {
  const byCode = sqliteKinds.find(([begin]) => code.startsWith(begin))?.[1]
  const byMessage = sqliteMessages.find(([pattern]) => pattern.test(message))?.[1]
  return byCode ?? byMessage ?? (code === 'SQLITE_CONSTRAINT' ? 'trigger' : undefined)
}

/** What a function raises may have any SQLSTATE. */
function postgresKind(error: DriverError): ReasonKind | undefined {
  if (Reflect.get(error, 'routine') === 'exec_stmt_raise') return 'trigger'
  const code = String(error.code)
  return sqlStateKinds[code] ?? sqlStateKinds[code.slice(0, 2)]
}

function mysqlKind({ sqlState, message }: DriverError, errno: number): ReasonKind | undefined {
  if (sqlState === '45000' || isSignal(errno)) return 'trigger'
  if (errno === 1290 && !/read[-_]only/i.test(String(message))) return undefined
  return mysqlKinds[errno]
}

/** Numbers that neither servers nor the connector `mariadb` have, but whatever a function of the database signals. */
function isSignal(errno: number): boolean {
  return errno >= 10_000 && (errno <= 45_000 || errno >= 46_000)
}

/** A connection that was lost later has some of these codes too. */
function connectKind({ syscall }: DriverError, code: string): ReasonKind | undefined {
  const isSocket = code === 'ETIMEDOUT' || code === 'ENOENT' || /^E(HOST|NET)/.test(code)
  return isSocket && syscall !== 'connect' ? undefined : connectKinds[code]
}

function nameOf(error: unknown): string {
  const name: unknown = error instanceof Error ? error.name : undefined
  return typeof name === 'string' && /^[A-Za-z][\w$]{0,60}$/.test(name) ? `a ${name}` : 'an error'
}

/** The first line of the stack that is of the application. The message, which the stack begins with, is cut off. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return ''
  const begin = error.stack.indexOf(error.message)
  const frames = begin < 0 ? '' : error.stack.slice(begin + error.message.length)
  const lines = frames.split('\n').filter((line) => /^ {4}at /.test(line))
  const own = lines.find((line) => !/node_modules|node:/.test(line))
  return own ? ` ${own.trim()}` : ''
}
