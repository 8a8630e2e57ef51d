import type { BackendFailure } from '../core/backend/session-backend.js'
import {
  ambiguousNumbers,
  connectCodes,
  driverCodes,
  messages,
  mysqlNumbers,
  setUpNumbers,
  socketCodes,
  sqlStates,
} from './failure-codes.js'

/** The parts of an error that show its meaning. Drivers and Node.js use the same names. */
export interface DriverError {
  readonly code?: unknown
  readonly errno?: unknown
  readonly severity?: unknown
  readonly sqlState?: unknown
  readonly syscall?: unknown
  readonly message?: unknown
}

/** The properties by which errors refer to their cause, in drivers and in both ORMs. */
const wrapped = ['driverError', 'parent', 'original', 'cause'] as const

/**
 * The meaning of an error of a driver, or of an ORM that wraps one; `undefined` if it is not known as an error of a
 * database or a network.
 */
export function knownFailure(error: unknown): BackendFailure | undefined {
  for (const next of errorsIn(error)) {
    const failure = ownFailure(next)
    if (failure) return failure
  }
  return undefined
}

/** The error and the errors that it wraps, from the outside to the inside. */
export function* errorsIn(error: unknown): Generator<DriverError> {
  const errors = new Set<unknown>([error])
  for (const next of errors) {
    if (typeof next !== 'object' || next === null) continue
    yield next
    for (const name of wrapped) errors.add(Reflect.get(next, name))
    const several: unknown = Reflect.get(next, 'errors')
    if (Array.isArray(several)) for (const one of several) errors.add(one)
  }
}

/** The meaning of an error that came before a statement was sent: certainly nothing was written. */
export function failureBeforeSending(failure: BackendFailure): BackendFailure {
  return failure === 'uncertain' ? 'unavailable' : failure
}

/** Whether the connection can no longer be used: it is lost, or leads to a server that takes no writes. */
export function spoilsConnection(failure: BackendFailure | undefined): boolean {
  return failure === 'uncertain' || failure === 'unavailable'
}

/** Whether the failure shows that nothing was written, so that the statement may be sent again. */
export function isHarmless(failure: BackendFailure | undefined): boolean {
  return failure === 'conflict' || failure === 'timeout' || failure === 'unavailable'
}

function ownFailure(error: DriverError): BackendFailure | undefined {
  const { code, errno, severity } = error
  if (typeof code === 'string' && code.startsWith('SQLITE_')) return sqliteFailure(code, errno === undefined)
  if (typeof severity === 'string') return postgresFailure(error)
  if (typeof errno === 'number' && setUpNumbers.has(errno)) return undefined
  if (typeof errno === 'number' && errno > 0) return mysqlFailure(error, errno)
  return (typeof code === 'string' ? codeFailure(error, code) : undefined) ?? messageFailure(error)
}

/**
 * The meaning of a code of SQLite: another connection has locked the file or a table. Extended codes begin with the usual
 * ones.
 * @param isSynchronous Whether the driver has blocked the whole process while it waited, as better-sqlite3 does. Then few
 * retries are made.
 */
function sqliteFailure(code: string, isSynchronous: boolean): BackendFailure {
  if (isSynchronous && /^SQLITE_BUSY(_RECOVERY|_TIMEOUT)?$/.test(code)) return 'timeout'
  return /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code) ? 'conflict' : 'failed'
}

/**
 * The meaning of a fatal error of PostgreSQL. It ends the connection, unless the login failed: a wrong password, or a
 * missing database.
 */
function postgresFailure(error: DriverError): BackendFailure {
  const code = String(error.code)
  const endsConnection = /^(FATAL|PANIC)$/.test(String(error.severity)) && !/^(28|3D|42)/.test(code)
  return messageFailure(error) ?? sqlStates[code] ?? (endsConnection ? 'uncertain' : 'failed')
}

function mysqlFailure({ message, sqlState }: DriverError, errno: number): BackendFailure {
  const told = ambiguousNumbers[errno]?.find(([pattern]) => pattern.test(String(message)))
  if (told) return told[1]
  const isConflict = sqlState === '40001'
  return mysqlNumbers[errno] ?? (isConflict ? 'conflict' : 'failed')
}

function codeFailure({ syscall }: DriverError, code: string): BackendFailure | undefined {
  if (connectCodes.has(code) || (syscall === 'connect' && /^E[A-Z]+$/.test(code))) return 'unavailable'
  return socketCodes.has(code) ? 'uncertain' : driverCodes[code]
}

function messageFailure({ message }: DriverError): BackendFailure | undefined {
  if (typeof message !== 'string') return undefined
  return messages.find(([pattern]) => pattern.test(message))?.[1]
}
