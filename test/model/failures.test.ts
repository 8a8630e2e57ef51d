import { expect } from 'chai'
import type { BackendFailure } from 'koa-session-model'
import { ConnectionError, ConnectionRefusedError, DatabaseError } from 'sequelize'
import { QueryFailedError } from 'typeorm'
import { Attempt, judgedFailure } from '../../src/model/attempt.js'
import { knownFailure } from '../../src/model/failures.js'
import { failureOf as failureOfSequelize } from '../../src/sequelize/failures.js'
import { isBatchRefused } from '../../src/sql/batch-refusal.js'
import { failureOf as failureOfTypeOrm } from '../../src/typeorm/failures.js'

function errorOf(message: string, parts: object = {}): Error {
  return Object.assign(new Error(message), parts)
}

const postgres = (code: string, severity = 'ERROR', message = 'x') => errorOf(message, { code, severity })
const mysql = (errno: number, message = 'x', sqlState = 'HY000') => errorOf(message, { errno, code: 'ER_X', sqlState })
const socket = (code: string, syscall = 'read') => errorOf(`${syscall} ${code}`, { code, syscall, errno: -104 })

const several = (...errors: Error[]) => new AggregateError(errors, '')

const expected: Record<BackendFailure, readonly Error[]> = {
  conflict: [
    ...['40000', '40001', '40P01'].map((code) => postgres(code)),
    ...[1020, 1213, 1412, 3101].map((errno) => mysql(errno)),
    ...[8002, 8005, 8022, 8028, 9007].map((errno) => mysql(errno)), // TiDB
    mysql(1105, 'Information schema is changed. [try again later]'),
    mysql(1180, 'Got error 149 "Lock deadlock; Retry transaction" during COMMIT'),
    mysql(9999, 'of another version', '40001'),
    ...['SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_BUSY_RECOVERY', 'SQLITE_BUSY_TIMEOUT', 'SQLITE_PROTOCOL'].map(
      (code) => errorOf('x', { code, errno: 5 }),
    ),
    ...['SQLITE_BUSY_SNAPSHOT', 'SQLITE_LOCKED', 'SQLITE_PROTOCOL'].map((code) => errorOf('x', { code })),
    ...['SQLITE_LOCKED', 'SQLITE_LOCKED_SHAREDCACHE', 'SQLITE_LOCKED_VTAB'].map((code) =>
      errorOf('x', { code, errno: 6 }),
    ),
  ],
  timeout: [
    ...['55P03', '57014'].map((code) => postgres(code)),
    ...[1205, 1317, 1969, 3024, 3572, 45028].map((errno) => mysql(errno)),
    errorOf('timeout exceeded when trying to connect'),
    errorOf('Queue limit reached.'),
    errorOf('No connections available.'),
    errorOf('x', { code: 'POOL_CONNLIMIT' }),
    ...['SQLITE_BUSY', 'SQLITE_BUSY_RECOVERY', 'SQLITE_BUSY_TIMEOUT'].map((code) => errorOf('x', { code })),
    postgres('08P01', 'FATAL', 'query_wait_timeout'),
  ],
  unavailable: [
    ...['08001', '08004', '25006', '53300', '57P03', '57P05'].map((code) => postgres(code, 'FATAL')),
    ...[1040, 1047, 1203, 1637, 1792, 1836, 1874, 3100, 4031, 9001, 45001, 45012, 45013].map((errno) => mysql(errno)),
    mysql(1290, 'The MariaDB server is running with the --read-only option so it cannot execute this statement'),
    mysql(1290, 'The MySQL server is running with the --super-read-only option so it cannot execute this statement'),
    mysql(1226, "User 'x' has exceeded the 'max_user_connections' resource"),
    ...['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNRESET', 'ENOENT', 'EMFILE'].map((code) =>
      socket(code, 'connect'),
    ),
    socket('ENOTFOUND', 'getaddrinfo'),
    socket('EAI_AGAIN', 'getaddrinfo'),
    several(socket('ECONNREFUSED', 'connect'), socket('ECONNREFUSED', 'connect')),
    errorOf('Connection terminated due to connection timeout', {
      cause: errorOf('Connection terminated unexpectedly'),
    }),
    errorOf('timeout expired'),
    Object.assign(mysql(45033), { cause: { cause: mysql(1047) } }), // on a node of Galera that is not ready
    errorOf('Client has encountered a connection error and is not queryable'),
    errorOf("Can't add new command when connection is in closed state", { fatal: true }),
    errorOf('x', { code: 'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR', fatal: true }),
    postgres('08P01', 'FATAL', 'no more connections allowed (max_client_conn)'),
  ],
  uncertain: [
    ...['08000', '08003', '08006', '08007', '08P01', '25P04', '40003', '57P01', '57P02', '57P04', 'XX000'].map((code) =>
      postgres(code, 'FATAL'),
    ),
    ...[1053, 1152, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1927, 2003, 2006, 2013].map((errno) =>
      mysql(errno),
    ),
    ...[45004, 45009, 45019, 45026].map((errno) => mysql(errno)),
    Object.assign(mysql(45033), { cause: mysql(45009) }),
    ...[9002, 9003, 9004, 9005].map((errno) => mysql(errno)), // TiDB
    mysql(9001, 'PD server timeout'),
    ...[
      `target: shop.-.primary: no healthy tablet available for 'keyspace:"shop" shard:"-" tablet_type:PRIMARY'`,
      'target: shop.-.primary: primary is not serving, there is a reparent operation in progress',
      'target: shop.-.primary: vttablet: rpc error: code = FailedPrecondition desc = operation not allowed in state NOT_SERVING',
      'target: shop.-.primary: vttablet: rpc error: code = Unavailable desc = connection error: desc = "transport: Error"',
      'target: shop.-.primary: vttablet: Connection Closed',
      'target: shop.-80.primary: current keyspace is being resharded',
      'VT14003: no connection for tablet zone1-100',
    ].map((message) => mysql(1105, message)),
    mysql(
      1317,
      'target: shop.-.primary: vttablet: rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    ),
    mysql(1180, "Got error 5 'Input/output error' during COMMIT"),
    ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNABORTED'].map((code) => socket(code)),
    errorOf('x', { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
    errorOf('x', { code: 'PROTOCOL_SEQUENCE_TIMEOUT', fatal: true }),
    errorOf('Connection terminated unexpectedly'),
    errorOf('Query read timeout'),
    several(socket('ECONNRESET')),
  ],
  failed: [
    ...['23505', '22001', '42P01', '42501', '25P02', '53100', 'XX000'].map((code) => postgres(code)),
    ...['28P01', '28000', '3D000', '42501'].map((code) => postgres(code, 'FATAL')),
    postgres('23505', 'FEHLER'), // the severity comes in the server's language
    ...[1062, 1044, 1045, 1049, 1129, 1153, 1406, 1054, 1041, 1105, 1235, 8025].map((errno) => mysql(errno)),
    Object.assign(mysql(45033), { cause: mysql(1298) }),
    mysql(1105, "VT12001: unsupported: you can't UPDATE primary vindex columns; invalid update on vindex: id"),
    mysql(1105, 'unknown error: Sql: "update session set data = :v1", BindVars: {v1: "no healthy tablet"}'),
    mysql(1290, 'The MariaDB server is running with the --secure-file-priv option so it cannot execute this statement'),
    mysql(1226, "User 'x' has exceeded the 'max_queries_per_hour' resource"),
    ...['SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_READONLY', 'SQLITE_CORRUPT', 'SQLITE_FULL'].map((code) =>
      errorOf('x', { code, errno: 1290 }),
    ),
  ],
}

const describeError = (error: Error): string => JSON.stringify({ ...error, message: error.message })

describe('what an error of a driver means', () => {
  for (const [failure, errors] of Object.entries(expected)) {
    it(`is ${failure}`, () => {
      const wrong = errors.filter((error) => knownFailure(error) !== failure).map(describeError)
      expect(wrong).to.deep.equal([])
    })

    it(`is ${failure} through both ORMs`, () => {
      const inTypeOrm = errors.filter((error) => failureOfTypeOrm(new QueryFailedError('x', [], error)) !== failure)
      const sequelized = (error: Error) => new DatabaseError(Object.assign(error, { sql: 'x' }) as never)
      const inSequelize = errors.filter((error) => failureOfSequelize(sequelized(error)) !== failure)
      expect([...inTypeOrm, ...inSequelize].map(describeError)).to.deep.equal([])
    })
  }

  it('is not known of errors of others', () => {
    for (const error of [new Error('x'), 'x', undefined, null, 7, {}, several(), errorOf('x', { code: 7 })]) {
      expect(knownFailure(error)).to.equal(undefined)
      expect([failureOfTypeOrm(error), failureOfSequelize(error)]).to.deep.equal(['failed', 'failed'])
    }
    expect(failureOfTypeOrm(socket('ECONNREFUSED', 'connect'))).to.equal('failed')
  })

  it('is found in errors that cause each other', () => {
    const [one, other] = [errorOf('x'), errorOf('y')]
    Object.assign(one, { cause: other })
    Object.assign(other, { cause: one })
    expect(knownFailure(one)).to.equal(undefined)
    Object.assign(other, { errors: [postgres('40001')] })
    expect(knownFailure(one)).to.equal('conflict')
  })

  it('is unavailable where the connection was lost before it was made', () => {
    expect(failureOfSequelize(new ConnectionError(socket('ECONNRESET')))).to.equal('unavailable')
    expect(failureOfSequelize(new ConnectionRefusedError(several(socket('ECONNREFUSED', 'connect'))))).to.equal(
      'unavailable',
    )
    expect(failureOfSequelize(new ConnectionError(postgres('28P01', 'FATAL')))).to.equal('failed')
    expect(failureOfSequelize(new ConnectionError(postgres('57P03', 'FATAL')))).to.equal('unavailable')
  })

  it('lets the rows of a batch be written alone, unless all of them would meet it', () => {
    const refused = Object.entries(expected).map(([failure, errors]) => {
      const answers = errors.filter((error) => 'severity' in error).map((error) => isBatchRefused('postgres', error))
      return [failure, new Set(answers)]
    })
    expect(Object.fromEntries(refused)).to.deep.equal({
      conflict: new Set([true]),
      timeout: new Set([false]),
      unavailable: new Set([false]),
      uncertain: new Set([false]),
      failed: new Set([true]),
    })
  })
})

describe('an attempt', () => {
  const judged = (failure: BackendFailure | undefined, steps: (attempt: Attempt) => void = () => {}) => {
    const attempt = new Attempt()
    steps(attempt)
    const error = new Error('x')
    expect(attempt.judge(error, failure)).to.equal(judgedFailure(error))
    return judgedFailure(error)
  }

  it('knows that nothing was written before anything was sent', () => {
    expect(judged('uncertain')).to.equal('unavailable')
    expect(judged('uncertain', (attempt) => attempt.sends())).to.equal('uncertain')
  })

  it('knows that something was written', () => {
    const writes = (attempt: Attempt) => {
      attempt.sends()
      attempt.written()
    }
    for (const failure of ['conflict', 'timeout', 'unavailable'] as const) {
      expect(judged(failure, writes)).to.equal('uncertain')
      expect(judged(failure, (attempt) => attempt.sends())).to.equal(failure)
    }
    expect(judged(undefined, writes)).to.equal('failed')
  })
})
