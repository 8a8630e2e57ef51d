import type { BackendFailure } from '../core/backend/session-backend.js'

/** Failures by their code. A code that is not listed means `failed`. */
type FailureTable = Readonly<Record<string, BackendFailure>>

/**
 * Failures of PostgreSQL, and of databases that speak its protocol, by SQLSTATE. Failures that end the connection are
 * `uncertain`: the server may close it after the commit, but before it has answered.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const sqlStates: FailureTable = {
  '40000': 'conflict',
  '40001': 'conflict', // also a row that moved to another partition
  '40P01': 'conflict',
  '55P03': 'timeout',
  '57014': 'timeout', // statement_timeout, or somebody cancelled the statement
  '08001': 'unavailable',
  '08004': 'unavailable',
  '25006': 'unavailable',
  '53300': 'unavailable',
  '57P03': 'unavailable',
  '57P05': 'unavailable', // idle_session_timeout: the server closed the connection before it read the statement
  '08000': 'uncertain',
  '08003': 'uncertain',
  '08006': 'uncertain',
  '08007': 'uncertain',
  '08P01': 'uncertain',
  '25P04': 'uncertain',
  '40003': 'uncertain',
  '57P01': 'uncertain',
  '57P02': 'uncertain',
  '57P04': 'uncertain',
}

/**
 * Failures of MariaDB, MySQL, and databases that speak their protocol, by number; from 45001 on, those of the connector
 * `mariadb`. A server that reports an error has rolled the statement back. Failures that end the connection are `uncertain`
 * nevertheless, and so are those of TiDB whose documentation does not say that they are safe to repeat.
 *
 * @see https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference
 * @see https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
 * @see https://github.com/mariadb-corporation/mariadb-connector-nodejs/blob/main/lib/misc/errors.js
 * @see https://docs.pingcap.com/tidb/stable/error-codes
 * @see https://vitess.io/docs/reference/errors/query-serving/
 */
export const mysqlNumbers: FailureTable = {
  1020: 'conflict', // record has changed since last read (innodb_snapshot_isolation)
  1213: 'conflict', // deadlock, and certification of Galera
  1412: 'conflict', // table definition has changed
  3101: 'conflict', // certification of MySQL's group replication
  8002: 'conflict', // TiDB: a conflict with SELECT … FOR UPDATE
  8005: 'conflict', // TiDB: the transaction is older than a write
  8022: 'conflict', // TiDB: the commit failed and was rolled back
  8028: 'conflict', // TiDB: the table has changed meanwhile
  9007: 'conflict', // TiDB: two writes met
  1205: 'timeout',
  1317: 'timeout', // KILL QUERY
  1969: 'timeout', // max_statement_time
  3024: 'timeout', // max_execution_time
  3572: 'timeout', // NOWAIT
  45028: 'timeout', // no connection of the pool
  1040: 'unavailable',
  1047: 'unavailable', // a node of Galera that is not ready
  1203: 'unavailable',
  1637: 'unavailable',
  1792: 'unavailable',
  1836: 'unavailable',
  1874: 'unavailable', // innodb_read_only, and a replica of Vitess
  3100: 'unavailable', // a group of MySQL without a majority
  4031: 'unavailable', // MySQL closed the connection since it was idle
  9001: 'unavailable', // ProxySQL reached no server
  45001: 'unavailable',
  45012: 'unavailable',
  45013: 'unavailable',
  45039: 'unavailable',
  45042: 'unavailable',
  45061: 'unavailable',
  1053: 'uncertain',
  1152: 'uncertain',
  1154: 'uncertain',
  1155: 'uncertain',
  1156: 'uncertain',
  1157: 'uncertain',
  1158: 'uncertain',
  1159: 'uncertain',
  1160: 'uncertain',
  1161: 'uncertain',
  1180: 'uncertain',
  1184: 'uncertain',
  1189: 'uncertain',
  1190: 'uncertain',
  1927: 'uncertain',
  2003: 'uncertain', // from a proxy that lost its server
  2006: 'uncertain',
  2013: 'uncertain',
  2055: 'uncertain',
  9002: 'uncertain', // TiDB: no answer from the storage
  9003: 'uncertain', // TiDB: the storage is busy
  9004: 'uncertain', // TiDB: gave up waiting for a lock of the storage
  9005: 'uncertain', // TiDB: a region is unavailable
  45004: 'uncertain',
  45009: 'uncertain',
  45011: 'uncertain',
  45019: 'uncertain',
  45026: 'uncertain',
}

/** Numbers of the connector `mariadb` for a connection that could not be set up. The cause of the error tells why. */
export const setUpNumbers: ReadonlySet<number> = new Set([45029, 45033])

/**
 * Failures whose number has several meanings. Only the message tells them apart. Messages of Vitess and of the connector
 * `mariadb` end with the statement, whose text counts for nothing. Vitess may have repeated a statement before it reports
 * that no tablet serves, so that is `uncertain`.
 *
 * @see https://docs.pingcap.com/tidb/stable/pessimistic-transaction
 * @see https://github.com/vitessio/vitess/blob/main/go/mysql/sqlerror/sql_error.go
 * @see https://github.com/vitessio/vitess/issues/9908
 * @see https://github.com/vitessio/vitess/issues/12624
 */
export const ambiguousNumbers: Readonly<Record<string, readonly (readonly [RegExp, BackendFailure])[]>> = {
  1105: [
    [/Information schema is [^\n]*\[try again later\]/i, 'conflict'], // TiDB
    [
      /^((?!\bsql: ).)*(no healthy tablet|(is|are) not serving|in state NOT_SERVING|being resharded|VT1400[123]\b)/is,
      'uncertain', // Vitess
    ],
    [/^((?!\bsql: ).)*vttablet: (rpc error: code = Unavailable|Connection Closed)/is, 'uncertain'], // Vitess
  ],
  1180: [[/deadlock|error 149\b/i, 'conflict']],
  1226: [[/max_user_connections|max_connections/i, 'unavailable']],
  1290: [[/read[-_]only/i, 'unavailable']],
  1317: [[/deadline ?exceeded/i, 'uncertain']], // Vitess; elsewhere KILL QUERY
  9001: [[/PD server timeout/i, 'uncertain']], // TiDB; elsewhere ProxySQL
}

/**
 * Failures that the drivers themselves report, by their code. `mysql2` has most of its codes from `mysql`.
 *
 * @see https://github.com/mysqljs/mysql#error-handling
 */
export const driverCodes: FailureTable = {
  POOL_CONNLIMIT: 'timeout',
  POOL_ENQUEUELIMIT: 'timeout',
  POOL_NONEONLINE: 'unavailable',
  PROTOCOL_ENQUEUE_AFTER_DESTROY: 'unavailable',
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: 'unavailable',
  PROTOCOL_ENQUEUE_AFTER_QUIT: 'unavailable',
  PROTOCOL_CONNECTION_LOST: 'uncertain',
  PROTOCOL_SEQUENCE_TIMEOUT: 'uncertain', // the timeout of the driver: the server goes on with the statement
}

/** Errors of Node.js that occur only while a connection is being made. */
export const connectCodes: ReadonlySet<string> = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'ENOTFOUND'])

/**
 * Errors of a socket. While it connects, nothing was sent; later, the outcome is unknown.
 *
 * @see https://nodejs.org/api/errors.html#common-system-errors
 */
export const socketCodes: ReadonlySet<string> = new Set([
  ...['EADDRNOTAVAIL', 'ECONNABORTED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'EMFILE', 'ENETDOWN', 'ENETRESET'],
  ...['ENETUNREACH', 'ENFILE', 'ENOBUFS', 'ENOTCONN', 'EPIPE', 'ERR_SOCKET_CLOSED', 'ERR_STREAM_DESTROYED'],
  ...['ERR_STREAM_WRITE_AFTER_END', 'ESHUTDOWN', 'ESOCKET', 'ETIMEDOUT'],
])

/** Failures that drivers and poolers report by a message without a code. */
export const messages: readonly (readonly [pattern: RegExp, failure: BackendFailure])[] = [
  [/^timeout exceeded when trying to connect$/, 'timeout'], // pg-pool
  [/^(Queue limit reached|No connections available)\.$/, 'timeout'], // mysql2
  [/query_wait_timeout/, 'timeout'], // PgBouncer
  [/^no more connections allowed/, 'unavailable'], // PgBouncer
  [/^(timeout expired|Connection terminated due to connection timeout)$/, 'unavailable'], // pg, while it connects
  [/is not queryable$/, 'unavailable'], // pg, on a connection that was lost before
  [/in closed state$/, 'unavailable'], // mysql2, on a connection that was lost before
  [/^Pool does [Nn]ot have online node/, 'unavailable'], // mysql2
  [/^Connection terminated( unexpectedly)?$/, 'uncertain'], // pg
  [/^Query read timeout$/, 'uncertain'], // pg's query_timeout: the server goes on with the statement
]
