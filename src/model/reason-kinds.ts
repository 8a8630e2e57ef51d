import type { FailureReason } from '../core/backend/session-backend.js'

/** The words that differ between the ORMs in the fix of a failure. */
export interface OrmTerms {
  /** How the table is created in development. */
  readonly createTable: string
  /** The option for the size of the pool. */
  readonly poolSize: string
}

/** Makes the sentences of a reason. `name` is the table, column or host that it is about, if known. */
type Kind = (name: string | undefined, terms: OrmTerms) => FailureReason

const named = (name: string | undefined, before = ' '): string => (name === undefined ? '' : `${before}${name}`)

function kind(problem: string, fix: string): Kind {
  return () => ({ problem, fix })
}

function kindWithName(problem: string, fix: string): Kind {
  return (name) => ({ problem: problem.replace('{name}', () => named(name)), fix })
}

/** The reasons for which a database fails, each with a problem and a fix. A problem ends without a full stop. */
export const reasonKinds = {
  missingTable: (name, { createTable }) => ({
    problem: `The table${named(name)} does not exist`,
    fix: `Run your migration, or ${createTable} in development.`,
  }),
  missingColumn: (name, { createTable }) => ({
    problem: `The column${named(name)} does not exist in the table`,
    fix: `Run a migration that adds it, or ${createTable} in development.`,
  }),
  missingSchema: kindWithName(
    'The schema{name} does not exist',
    'Create it, or correct its name in the model or the connection.',
  ),
  missingDatabase: kindWithName(
    'The database{name} does not exist',
    'Create it, or correct its name in the settings of the connection.',
  ),
  wrongPassword: kind(
    'The database server refused the user name or the password',
    'Correct both in the settings of the connection.',
  ),
  userRefused: kind(
    'The database server does not let this user connect',
    'Check the user name, and whether the server lets the user in from this host and without TLS: pg_hba.conf on PostgreSQL, ' +
      "the user's host on MySQL and MariaDB.",
  ),
  noRights: (name) => ({
    problem: `The user of the database lacks a right${named(name, ' on ')}`,
    fix: 'Grant it: sessions need SELECT, INSERT, UPDATE and DELETE on their table. A policy of the table may forbid it too.',
  }),
  readOnlyServer: kind(
    'The database server is read-only',
    'Connect to the primary, and look at default_transaction_read_only (PostgreSQL) or read_only (MySQL, MariaDB).',
  ),
  readOnlyFile: kind(
    'The database file is read-only',
    'Let the process write to the file and its directory, and open it for writing.',
  ),
  cannotOpen: kind(
    'The database file cannot be opened',
    'Correct its path, create its directory, and let the process read and write there.',
  ),
  damaged: kind(
    'The data of the database is damaged, or the file is no database',
    'Correct the path of the file, or restore a backup.',
  ),
  nothingListens: (name) => ({
    problem: `The session database cannot be reached: nothing listens${named(name, ' at ')}`,
    fix: 'Start the database server, or correct host and port in the settings of the connection.',
  }),
  unknownHost: kindWithName(
    'The session database cannot be reached: no address is known for the host{name}',
    'Correct the host in the settings of the connection, or look at the name server.',
  ),
  noAnswer: (name) => ({
    problem: `The session database cannot be reached: no answer came${named(name, ' from ')}`,
    fix: 'Correct host and port in the settings of the connection, and look at the network and its firewalls.',
  }),
  refusedConnection: kind(
    'The session database refused the connection',
    'Look at the settings of the connection, and at the log of the database server.',
  ),
  noTls: kind(
    'The database server offers no TLS, which the settings of the connection ask for',
    'Turn TLS on at the server, or take ssl out of the settings.',
  ),
  needsTls: kind('The database server takes connections with TLS only', 'Set ssl in the settings of the connection.'),
  untrusted: kind(
    'The certificate of the database server is not trusted',
    'Give the driver the authority that has signed it (ssl.ca), correct the host, or renew the certificate.',
  ),
  tlsFailed: kind(
    'The database server and the driver did not agree on TLS',
    'Look at ssl in the settings of the connection, and at the certificate of the server.',
  ),
  hungUp: kind(
    'The database server closed the connection before it took a statement',
    'Look at the log of the server, and at what stands before it: a proxy, a pooler, a firewall.',
  ),
  lost: kind(
    'The connection to the session database was lost before it had answered',
    'Look for the reason in the log of the database server: a restart, a time limit, a proxy.',
  ),
  poolEmpty: (_, { poolSize }) => ({
    problem: 'No connection of the pool became free in time',
    fix: `Give the pool more connections (${poolSize}), and look for transactions that keep theirs.`,
  }),
  locked: kind(
    'Another transaction held the row, the table or the file for too long',
    'Look for a transaction of the application that stays open.',
  ),
  stopped: kind(
    'The database stopped the statement: its time limit had passed, or somebody cancelled it',
    'Look for a lock, and at statement_timeout (PostgreSQL), max_statement_time (MariaDB) or max_execution_time (MySQL).',
  ),
  driverTimeout: kind(
    'The database had not answered when the time limit of the driver passed',
    'Look for a lock or a busy server, and at the time limits in the settings of the connection.',
  ),
  diskFull: kind('The database has no space left', 'Free or add disk space.'),
  diskFailed: kind('The database cannot read or write its files', 'Look at the disk, and at the log of the database.'),
  outOfMemory: kind('The database has no memory left', 'Give it more, or let it take fewer connections.'),
  tooManyConnections: kind(
    'The database server takes no more connections',
    'Let it take more (max_connections), or make the pools of the applications smaller.',
  ),
  notRunning: kind(
    'The database server is starting, shutting down or not ready',
    'Wait until it serves, or look at its log.',
  ),
  unavailable: kind(
    'The session database takes no statements, or no writes, at the moment',
    'Check that the server runs, that its address is that of the primary, and that it allows enough connections.',
  ),
  conflict: kind(
    'The session database answered again and again that other transactions were in the way',
    'If it happens often, look for long transactions on the session table.',
  ),
  unique: (name) => ({
    problem: `A unique index of the table forbids what was to be stored${named(name, ': ')}`,
    fix: 'Store other values, or remove the index.',
  }),
  foreignKey: (name) => ({
    problem: `A foreign key forbids the statement${named(name, ': ')}`,
    fix: 'Refer to a row that exists, or remove what refers to the session.',
  }),
  notNull: kindWithName(
    'The column{name} takes no NULL, and got no value',
    'Let it be nullable, or give it a default.',
  ),
  check: (name) => ({
    problem: `A constraint of the table forbids what was to be stored${named(name, ': ')}`,
    fix: 'Store values that it allows.',
  }),
  tooLong: (name) => ({
    problem: `A value is too long for its column${named(name, ', ')}`,
    fix: 'Store a shorter one, or make the column wider.',
  }),
  outOfRange: (name) => ({
    problem: `A value is out of the range of its column${named(name, ', ')}`,
    fix: 'Store another one, or give the column a larger type.',
  }),
  wrongType: (name) => ({
    problem: `A value does not fit the type or the character set of its column${named(name, ', ')}`,
    fix: 'Store a value of that type.',
  }),
  tooLarge: kind(
    'What was to be stored is larger than the database takes',
    'Store less in the session, or raise the limit (max_allowed_packet on MySQL and MariaDB).',
  ),
  trigger: kind(
    'A trigger or a function of the database refused the statement',
    'Its text, which may hold values, is that of the cause.',
  ),
  misunderstood: kind(
    'The database does not understand the statement',
    'Check that its version is one that is supported, and what the application changes in statements.',
  ),
  refused: kind('The session database refused the statement', 'Look at the cause, and at the log of the database.'),
} as const satisfies Readonly<Record<string, Kind>>

/** The name of a reason for which a database fails. */
export type ReasonKind = keyof typeof reasonKinds
