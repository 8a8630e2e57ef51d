import { expect } from 'chai'
import {
  ConnectionAcquireTimeoutError,
  ConnectionError,
  DatabaseError,
  ValidationError,
  type ValidationErrorItem,
} from 'sequelize'
import { QueryFailedError } from 'typeorm'
import { knownFailure } from '../../src/model/failures.js'
import { reasonOf, reasonOfOthers } from '../../src/model/reasons.js'
import { explain as explainSequelize } from '../../src/sequelize/failures.js'
import { explainRefusal } from '../../src/sequelize/refusal.js'

const terms = { createTable: 'do so', poolSize: 'size' }

function errorOf(message: string, parts: object): Error {
  return Object.assign(new Error(message), parts)
}

const postgres = (code: string, message = 'x', parts = {}) => errorOf(message, { code, severity: 'ERROR', ...parts })
const mysql = (errno: number, message = 'x', code = 'ER_X') => errorOf(message, { errno, code, sqlState: 'HY000' })
const sqlite = (code: string, message = 'x') => errorOf(message, { code })
const socket = (code: string, parts: object = {}) => errorOf(`connect ${code}`, { code, syscall: 'connect', ...parts })

const problemOf = (error: Error): string => reasonOf(error, knownFailure(error) ?? 'failed', terms).problem

const expected: readonly (readonly [Error, string])[] = [
  [postgres('42P01', 'Relation »web_sessions« existiert nicht'), 'The table web_sessions does not exist (42P01).'],
  [postgres('42P01', 'relation "app.web_sessions" does not exist'), 'The table web_sessions does not exist (42P01).'],
  [postgres('42703', 'column s.device does not exist'), 'The column device does not exist in the table (42703).'],
  [postgres('3F000', 'schema "app" does not exist'), 'The schema app does not exist (3F000).'],
  [mysql(1049, "Unknown database 'my-app'"), 'The database my-app does not exist (ER_X).'],
  [postgres('28P01'), 'The database server refused the user name or the password (28P01).'],
  [
    new ConnectionError(new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string')),
    'The database server refused the user name or the password.',
  ],
  [mysql(1130), 'The database server does not let this user connect (ER_X).'],
  [postgres('53100'), 'The database has no space left (53100).'],
  [mysql(1021), 'The database has no space left (ER_X).'],
  [mysql(1114), 'The database has no space left (ER_X).'],
  [sqlite('SQLITE_FULL'), 'The database has no space left (SQLITE_FULL).'],
  [sqlite('SQLITE_IOERR_WRITE'), 'The database cannot read or write its files (SQLITE_IOERR_WRITE).'],
  [sqlite('SQLITE_READONLY_DIRECTORY'), 'The database file is read-only (SQLITE_READONLY_DIRECTORY).'],
  [mysql(1290, 'running with the --read-only option'), 'The database server is read-only (ER_X).'],
  [postgres('57P03'), 'The database server is starting, shutting down or not ready (57P03).'],
  [mysql(9005), 'The database server is starting, shutting down or not ready (9005).'],
  [mysql(1874), 'The database server is read-only (ER_X).'],
  [mysql(1153), 'What was to be stored is larger than the database takes (ER_X).'],
  [
    mysql(4025, 'CONSTRAINT `shop`.`small` failed for `a`.`b`'),
    'A constraint of the table forbids what was to be stored: small (4025).',
  ],
  [
    socket('ENOENT', { address: '/run/db.sock' }),
    'The session database cannot be reached: nothing listens at /run/db.sock (ENOENT).',
  ],
  [
    socket('ETIMEDOUT', { address: '10.0.0.1', port: 5432 }),
    'The session database cannot be reached: no answer came from 10.0.0.1:5432 (ETIMEDOUT).',
  ],
  [socket('EHOSTUNREACH'), 'The session database cannot be reached: no answer came (EHOSTUNREACH).'],
  [
    new AggregateError([socket('ECONNREFUSED', { address: '::1', port: 5432 })], ''),
    'The session database cannot be reached: nothing listens at ::1:5432 (ECONNREFUSED).',
  ],
  [
    errorOf('x', { code: 'CERT_HAS_EXPIRED' }),
    'The certificate of the database server is not trusted (CERT_HAS_EXPIRED).',
  ],
  [mysql(3159), 'The database server takes connections with TLS only (3159).'],
  [
    errorOf('x', { code: 'ECONNRESET', syscall: 'read' }),
    'The connection to the session database was lost before it had answered (ECONNRESET).',
  ],
]

/** Failures that hold values, each in another place. */
const secretive: readonly Error[] = [
  postgres('23505', 'duplicate key', { detail: 'Key (email)=(S3CRET) already exists.', constraint: 'S3CRET "quoted"' }),
  postgres('22003', 'value "S3CRET" is out of range for type integer'),
  postgres('22P02', 'invalid input syntax for type integer: "S3CRET"'),
  postgres('22021', 'invalid byte sequence for encoding "UTF8": 0x00 S3CRET'),
  postgres('P0001', 'no mail S3CRET'),
  postgres('42P01', 'relation "S3CRET" is the text of a function', { routine: 'exec_stmt_raise' }),
  postgres('XX000', 'cannot take "a" S3CRET "b"'),
  postgres('XX000', `cannot take "${'x'.repeat(10_000)}S3CRET"`),
  postgres('XX000', 'cannot take S3CRET=1 or someone@S3CRET.org or 0S3CRET'),
  mysql(1062, "Duplicate entry 'for key 'S3CRET'' for key 'PRIMARY'"),
  mysql(1366, "Incorrect integer value: 'x for column `S3CRET`' for column `a`.`b`.`userId` at row 1"),
  mysql(1292, "Truncated incorrect DOUBLE value: 'S3CRET'"),
  mysql(1064, "You have an error in your SQL syntax near ''S3CRET' WHERE' at line 1"),
  postgres('XX000', 'plpy.Error: no mail for SCRET', { where: 'PL/Python function "f"' }),
  mysql(1644, 'S3CRET'),
  mysql(31_001, 'no mail for SCRET'),
  mysql(1105, "Unknown error\nsql: INSERT INTO t VALUES (?) - parameters:['S3CRET']"),
  sqlite('SQLITE_CONSTRAINT', 'SQLITE_CONSTRAINT: S3CRET'),
  sqlite('SQLITE_CONSTRAINT_TRIGGER', 'S3CRET'),
]

describe('the reason of a failure', () => {
  it('tells what is wrong, with the name and the code that can be looked up', () => {
    expect(expected.map(([error]) => problemOf(error))).to.deep.equal(expected.map(([, problem]) => problem))
  })

  it('is found within the errors of both ORMs', () => {
    const missing = postgres('42P01', 'relation "t" does not exist')
    const inSequelize = new DatabaseError(Object.assign(missing, { sql: 'x' }) as never)
    for (const error of [new QueryFailedError('x', [], missing), inSequelize]) {
      expect(problemOf(error)).to.equal('The table t does not exist (42P01).')
    }
    expect(explainSequelize(inSequelize).fix).to.equal('Run your migration, or call sequelize.sync() in development.')
    const acquire = new ConnectionAcquireTimeoutError(new Error('x'))
    expect(explainSequelize(acquire).problem).to.equal('No connection of the pool became free in time.')
  })

  it('has no value of the statement', () => {
    for (const error of secretive) {
      const { problem, fix } = reasonOf(error, 'failed', terms)
      expect(`${problem} ${fix}`).not.to.match(/S3?CRET|undefined/)
    }
  })

  it('has the words of the database where nobody knows the code', () => {
    expect(problemOf(postgres('XX000', 'could not find trigger "t" in cache'))).to.equal(
      'The session database refused the statement (XX000): could not find trigger (hidden) in cache.',
    )
    const refused = new ConnectionError(new Error('no such plugin'))
    expect(explainSequelize(refused).problem).to.equal('The session database refused the connection: no such plugin.')
  })

  it('is fast for a message of a megabyte', () => {
    const begin = performance.now()
    for (const text of ['a.'.repeat(500_000), '"a".'.repeat(250_000), "'".repeat(1_000_000)]) {
      for (const code of ['42P01', '42703', '23505', '42501', 'XX000']) problemOf(postgres(code, text))
      for (const errno of [1146, 1062, 1366, 1452, 4025]) problemOf(mysql(errno, text))
    }
    expect(performance.now() - begin).to.be.below(1000)
  })

  it('names the place in the application that has thrown, and not what it said', () => {
    class NoMail extends TypeError {
      override name = 'NoMail'
    }
    const error = new NoMail('no mail for S3CRET\n    at S3CRET (x.js:1:1)')
    const { problem } = reasonOfOthers(Object.assign(error, { code: 'ECONNREFUSED' }))
    expect(problem).to.match(
      /^Code that runs with .* has thrown a NoMail \(ECONNREFUSED\) at .*reasons\.test\.js:\d+:\d+\)?; see the cause\.$/,
    )
    expect(problem).not.to.contain('S3CRET')
    for (const thrown of [undefined, null, 'S3CRET', Object.assign(new Error('S3CRET'), { name: 'S3CRET x' })]) {
      expect(reasonOfOthers(thrown).problem).to.contain('has thrown an error').and.not.to.contain('S3CRET')
    }
    expect(explainSequelize(error).problem).to.equal(problem)
  })
})

describe('what a validator says', () => {
  const said = (message: string, value: unknown): Promise<string> => {
    const item = { message, path: 'email', value } as ValidationErrorItem
    const error = new ValidationError('', [item])
    return explainRefusal(() => Promise.reject(error)).catch((refused: Error) => refused.message)
  }

  it('is told without the value', async () => {
    expect(await said('S3CRET is no mail', 'S3CRET')).to.contain('(email: (hidden) is no mail)')
    expect(await said('"S3CRET \\"x\\"" is not a valid integer', 'S3CRET "x"')).to.contain(
      '(email: (hidden) is not a valid integer)',
    )
    expect(await said('{"a":"S3CRET"} is not a valid integer', { a: 'S3CRET' })).to.contain(
      '(email: (hidden) is not a valid integer)',
    )
    expect(await said('email must be unique', 'e')).to.contain('(email: email must be unique)')
    expect(await said('email must be unique', null)).to.contain('(email: email must be unique)')
  })
})
