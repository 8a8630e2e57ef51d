import { SessionError } from '../core/errors.js'

const overDataApi =
  "the driver of Aurora's data API converts values in a way of its own; connect by 'mysql' or 'postgres'"

/** Databases that the ORMs know and that sessions are refused in, by the names of the ORMs, with the reason. */
const reasons: Readonly<Record<string, string>> = {
  'aurora-mysql': overDataApi,
  'aurora-postgres': overDataApi,
  mssql:
    'SQL Server compares text without regard to case unless told otherwise, and rounds a datetime to 3 milliseconds',
  oracle: "Oracle has no columns of the types 'text' and 'datetime', and takes an empty text for NULL",
  sap: "SAP HANA has no columns of the type 'datetime'",
  spanner: 'Spanner cannot change the primary key of a row, which a new id at login does',
  mongodb: 'MongoDB has no SQL, in which sessions are read and written',
  snowflake: 'Snowflake does not enforce unique keys, so that one id could have two sessions',
}

/**
 * Throws `DATABASE_UNSUPPORTED` unless the database is one of these.
 * @param database The name of the database in the options of the ORM.
 * @param supported The names of those that sessions can be kept in.
 */
export function assertDatabase(database: string, supported: readonly string[]): void {
  if (supported.includes(database)) return
  const reason = reasons[database] ?? 'no test of this package has run on it'
  throw new SessionError(
    'DATABASE_UNSUPPORTED',
    `Sessions cannot be kept in a database of the type '${database}': ${reason}. Keep them in PostgreSQL, MariaDB, MySQL or SQLite, ` +
      'on a data source of their own, or write a backend: see docs/write-a-backend.md.',
  )
}
