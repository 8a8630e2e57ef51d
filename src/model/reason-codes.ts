import type { ReasonKind } from './reason-kinds.js'

type KindTable = Readonly<Record<string, ReasonKind>>

/**
 * Reasons for failures of PostgreSQL, by SQLSTATE or by its class: the first two characters.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const sqlStateKinds: KindTable = {
  '08': 'lost',
  '22001': 'tooLong',
  '22003': 'outOfRange',
  '22008': 'outOfRange',
  '22': 'wrongType',
  '23502': 'notNull',
  '23503': 'foreignKey',
  '23505': 'unique',
  '23': 'check',
  '25006': 'readOnlyServer',
  '28P01': 'wrongPassword',
  '28': 'userRefused',
  '3D000': 'missingDatabase',
  '3F000': 'missingSchema',
  '40': 'conflict',
  '42501': 'noRights',
  '42601': 'misunderstood',
  '42703': 'missingColumn',
  '42804': 'wrongType',
  '42883': 'wrongType', // no operator for these types
  '42P01': 'missingTable',
  '44000': 'check',
  '53100': 'diskFull',
  '53200': 'outOfMemory',
  '53300': 'tooManyConnections',
  '54000': 'tooLarge',
  '55P03': 'locked',
  '57014': 'stopped',
  '57P03': 'notRunning',
  '58030': 'diskFailed',
  P0: 'trigger',
  XX001: 'damaged',
  XX002: 'damaged',
}

/**
 * Reasons for failures of MariaDB and MySQL by number; from 45001 on, those of the connector `mariadb`.
 *
 * @see https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference
 */
export const mysqlKinds: KindTable = {
  1021: 'diskFull',
  1114: 'diskFull',
  1026: 'diskFailed',
  1030: 'diskFailed',
  1194: 'damaged',
  1195: 'damaged',
  1034: 'damaged',
  1037: 'outOfMemory',
  1038: 'outOfMemory',
  1041: 'outOfMemory',
  1040: 'tooManyConnections',
  1203: 'tooManyConnections',
  1226: 'tooManyConnections',
  1044: 'noRights',
  1142: 'noRights',
  1143: 'noRights',
  1227: 'noRights',
  1370: 'noRights',
  1045: 'wrongPassword',
  1698: 'wrongPassword',
  1129: 'userRefused',
  1130: 'userRefused',
  1820: 'userRefused',
  1862: 'userRefused',
  4151: 'userRefused',
  45025: 'userRefused',
  45044: 'userRefused',
  45047: 'userRefused',
  1046: 'missingDatabase',
  1049: 'missingDatabase',
  1051: 'missingTable',
  1146: 'missingTable',
  1054: 'missingColumn',
  1047: 'notRunning',
  1053: 'notRunning',
  3100: 'notRunning',
  9002: 'notRunning',
  9003: 'notRunning',
  9004: 'notRunning',
  9005: 'notRunning',
  1062: 'unique',
  1586: 'unique',
  1216: 'foreignKey',
  1217: 'foreignKey',
  1451: 'foreignKey',
  1452: 'foreignKey',
  1048: 'notNull',
  1364: 'notNull',
  3819: 'check',
  4025: 'check',
  1526: 'check',
  1406: 'tooLong',
  1264: 'outOfRange',
  1690: 'outOfRange',
  1265: 'wrongType',
  1292: 'wrongType',
  1366: 'wrongType',
  1064: 'misunderstood',
  1149: 'misunderstood',
  1153: 'tooLarge',
  1118: 'tooLarge',
  45046: 'tooLarge',
  1205: 'locked',
  3572: 'locked',
  1317: 'stopped',
  1969: 'stopped',
  3024: 'stopped',
  1290: 'readOnlyServer',
  1792: 'readOnlyServer',
  1836: 'readOnlyServer',
  1874: 'readOnlyServer',
  1644: 'trigger',
  3159: 'needsTls',
  45064: 'needsTls',
  45008: 'noTls',
  45023: 'noTls',
  45056: 'untrusted',
  45057: 'untrusted',
  45059: 'untrusted',
  45062: 'untrusted',
  45063: 'untrusted',
  45012: 'noAnswer',
  45039: 'noAnswer',
  45026: 'driverTimeout',
  45028: 'poolEmpty',
}

/** Reasons for failures of SQLite, by the beginning of the code. Extended codes come before those that they extend. */
export const sqliteKinds: readonly (readonly [begin: string, kind: ReasonKind])[] = [
  ['SQLITE_CONSTRAINT_UNIQUE', 'unique'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'unique'],
  ['SQLITE_CONSTRAINT_FOREIGNKEY', 'foreignKey'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'notNull'],
  ['SQLITE_CONSTRAINT_CHECK', 'check'],
  ['SQLITE_CONSTRAINT_DATATYPE', 'wrongType'],
  ['SQLITE_CONSTRAINT_TRIGGER', 'trigger'],
  ['SQLITE_MISMATCH', 'wrongType'],
  ['SQLITE_READONLY', 'readOnlyFile'],
  ['SQLITE_CANTOPEN', 'cannotOpen'],
  ['SQLITE_PERM', 'cannotOpen'],
  ['SQLITE_AUTH', 'noRights'],
  ['SQLITE_NOTADB', 'damaged'],
  ['SQLITE_CORRUPT', 'damaged'],
  ['SQLITE_FULL', 'diskFull'],
  ['SQLITE_IOERR', 'diskFailed'],
  ['SQLITE_NOMEM', 'outOfMemory'],
  ['SQLITE_TOOBIG', 'tooLarge'],
  ['SQLITE_INTERRUPT', 'stopped'],
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_LOCKED', 'locked'],
]

/**
 * Reasons for failures of SQLite by message: the driver sqlite3 has no extended codes. A trigger may write such a message
 * too.
 */
export const sqliteMessages: readonly (readonly [pattern: RegExp, kind: ReasonKind])[] = [
  [/\bno such table: /, 'missingTable'],
  [/\bno such column: |\bhas no column named /, 'missingColumn'],
  [/\bUNIQUE constraint failed: /, 'unique'],
  [/\bFOREIGN KEY constraint failed$/, 'foreignKey'],
  [/\bNOT NULL constraint failed: /, 'notNull'],
  [/\bCHECK constraint failed: /, 'check'],
  [/: syntax error$/, 'misunderstood'],
]

/** Reasons for failures to connect, by the codes of Node.js and of drivers. */
export const connectKinds: KindTable = {
  ECONNREFUSED: 'nothingListens',
  ENOENT: 'nothingListens', // no such socket
  ENOTFOUND: 'unknownHost',
  EAI_AGAIN: 'unknownHost',
  ETIMEDOUT: 'noAnswer',
  EHOSTUNREACH: 'noAnswer',
  EHOSTDOWN: 'noAnswer',
  ENETUNREACH: 'noAnswer',
  ENETDOWN: 'noAnswer',
  HANDSHAKE_NO_SSL_SUPPORT: 'noTls',
  HANDSHAKE_SSL_ERROR: 'tlsFailed',
  EPROTO: 'tlsFailed',
  CERT_HAS_EXPIRED: 'untrusted',
  CERT_NOT_YET_VALID: 'untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  AUTH_SWITCH_PLUGIN_ERROR: 'userRefused',
  PROTOCOL_SEQUENCE_TIMEOUT: 'driverTimeout',
  POOL_CONNLIMIT: 'poolEmpty',
  POOL_ENQUEUELIMIT: 'poolEmpty',
}

/** Reasons for failures that drivers and poolers report by a message without a code. */
export const messageKinds: readonly (readonly [pattern: RegExp, kind: ReasonKind])[] = [
  [/^timeout exceeded when trying to connect$/, 'poolEmpty'], // pg-pool
  [/^(Queue limit reached|No connections available)\.$/, 'poolEmpty'], // mysql2
  [/query_wait_timeout/, 'poolEmpty'], // PgBouncer
  [/^no more connections allowed/, 'tooManyConnections'], // PgBouncer
  [/^(timeout expired|Connection terminated due to connection timeout)$/, 'noAnswer'], // pg
  [/^Query read timeout$/, 'driverTimeout'], // pg
  [/^The server does not support SSL connections$/, 'noTls'], // pg
  [/^There was an error establishing an SSL connection$/, 'tlsFailed'], // pg
  [/^SASL: .*password/, 'wrongPassword'], // pg, where it has none
]
