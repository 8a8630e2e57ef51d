import type { BackendFailure, FailureReason } from '../core/backend/session-backend.js'
import { type DriverError, errorsIn, knownFailure } from './failures.js'
import { connectKinds, messageKinds, mysqlKinds, sqliteKinds, sqliteMessages, sqlStateKinds } from './reason-codes.js'
import { type OrmTerms, type ReasonKind, reasonKinds } from './reason-kinds.js'
import { nameIn, safeCode, safeText } from './reason-names.js'

/** The reasons for failures whose codes say nothing more. */
const kindsOfFailures: Readonly<Record<BackendFailure, ReasonKind>> = {
  conflict: 'conflict',
  timeout: 'locked',
  unavailable: 'unavailable',
  uncertain: 'lost',
  failed: 'refused',
}

/** The kinds of reason that quote the database's own text. */
const general: readonly ReasonKind[] = ['refused', 'unavailable', 'refusedConnection']

/**
 * The reason for a failure of the database, from an error of a driver or of an ORM. It holds names, such as those of tables
 * and hosts, and no value of the statement.
 * @param otherwise The kind of reason if neither the code nor the message tells one.
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

/** The reason for an error of the application's own code that ran with the statements, such as a hook. */
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

/** The kind of reason for an error of PostgreSQL. A function of the application can raise any SQLSTATE. */
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

/**
 * Whether the number belongs to neither the server nor the connector `mariadb`, so that a function of the database has
 * signalled it.
 */
function isSignal(errno: number): boolean {
  return errno >= 10_000 && (errno <= 45_000 || errno >= 46_000)
}

/** The kind of reason for a failure to connect. A connection that is lost later has some of the same codes. */
function connectKind({ syscall }: DriverError, code: string): ReasonKind | undefined {
  const isSocket = code === 'ETIMEDOUT' || code === 'ENOENT' || /^E(HOST|NET)/.test(code)
  return isSocket && syscall !== 'connect' ? undefined : connectKinds[code]
}

function nameOf(error: unknown): string {
  const name: unknown = error instanceof Error ? error.name : undefined
  return typeof name === 'string' && /^[A-Za-z][\w$]{0,60}$/.test(name) ? `a ${name}` : 'an error'
}

/** The first line of the stack that is the application's, without the message. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return ''
  const begin = error.stack.indexOf(error.message)
  const frames = begin < 0 ? '' : error.stack.slice(begin + error.message.length)
  const lines = frames.split('\n').filter((line) => /^ {4}at /.test(line))
  const own = lines.find((line) => !/node_modules|node:/.test(line))
  return own ? ` ${own.trim()}` : ''
}
