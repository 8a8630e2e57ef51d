import type { BackendFailure } from '../core/backend/session-backend.js'
import {
  ambiguousNumbers,
  connectCodes,
  driverCodes,
  messages,
  mysqlNumbers,
  socketCodes,
  sqlStates,
} from './failure-codes.js'

/** The parts of an error that tell what it means. Drivers and Node.js name them alike. */
export interface DriverError {
  readonly code?: unknown
  readonly errno?: unknown
  readonly severity?: unknown
  readonly sqlState?: unknown
  readonly syscall?: unknown
  readonly message?: unknown
}

/** Under these names errors have the ones that caused them, also in both ORMs. */
const wrapped = ['driverError', 'parent', 'original', 'cause'] as const

/**
 * The meaning of an error that a driver gave, or of one that an ORM made of it; `undefined` if it is not known as an
 * error of a database or a network.
 */
export function knownFailure(error: unknown): BackendFailure | undefined {
  for (const next of errorsIn(error)) {
    const failure = ownFailure(next)
    if (failure) return failure
  }
  return undefined
}

/** The error and those that it has wrapped, from the outside to the inside. */
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

/** The meaning of an error from before a statement was sent: what may have been written was not. */
export function failureBeforeSending(failure: BackendFailure): BackendFailure {
  return failure === 'uncertain' ? 'unavailable' : failure
}

/** Whether the connection is of no more use: it is lost, or it leads to a server that takes no writes. */
export function spoilsConnection(failure: BackendFailure | undefined): boolean {
  return failure === 'uncertain' || failure === 'unavailable'
}

/** Whether the failure tells for sure that nothing was written, so that the statement may be sent again. */
export function isHarmless(failure: BackendFailure | undefined): boolean {
  return failure === 'conflict' || failure === 'timeout' || failure === 'unavailable'
}

function ownFailure(error: DriverError): BackendFailure | undefined {
  const { code, errno, severity } = error
  if (typeof code === 'string' && code.startsWith('SQLITE_')) return sqliteFailure(code, errno === undefined)
  if (typeof severity === 'string') return postgresFailure(error)
  if (typeof errno === 'number' && errno > 0) return mysqlFailure(error, errno)
  return (typeof code === 'string' ? codeFailure(error, code) : undefined) ?? messageFailure(error)
}

/**
 * Somebody else has locked the file or a table. Extended codes begin with the usual ones. better-sqlite3, whose errors have no
 * number, has waited for the file, and all of the process with it: that is not for many tries.
 */
function sqliteFailure(code: string, isSynchronous: boolean): BackendFailure {
  if (isSynchronous && /^SQLITE_BUSY(_RECOVERY|_TIMEOUT)?$/.test(code)) return 'timeout'
  return /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code) ? 'conflict' : 'failed'
}

/** A fatal error ends the connection, unless there never was one: for a wrong password, or for want of a database. */
function postgresFailure(error: DriverError): BackendFailure {
  const code = String(error.code)
  const endsConnection = /^(FATAL|PANIC)$/.test(String(error.severity)) && !/^(28|3D|42)/.test(code)
  return messageFailure(error) ?? sqlStates[code] ?? (endsConnection ? 'uncertain' : 'failed')
}

function mysqlFailure({ message, sqlState }: DriverError, errno: number): BackendFailure {
  const [pattern, failure] = ambiguousNumbers[errno] ?? []
  if (failure && pattern?.test(String(message))) return failure
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
