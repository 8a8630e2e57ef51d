/** What a worker process is started for. */
export interface Job {
  readonly library: 'ours' | 'koa-session'
  readonly orm: 'typeorm' | 'sequelize'
  /** The name of the database. */
  readonly database: string
  readonly table: string
  readonly file: string
  /** The comment before statements. Default: none. */
  readonly statementComment?: string | undefined
  /** The isolation level that connections to PostgreSQL have. Default: that of the server. */
  readonly isolation?: string | undefined
  /** The ports of a server's nodes. Each process uses one of them. Default: that of the tests. */
  readonly ports?: readonly number[] | undefined
  /** How long one operation of a session may take. Default: a minute, since a busy machine is not what is looked for. */
  readonly timeout?: string | undefined
}

/** What a worker tells: where it listens; and in the end, what it has counted. */
export type Message =
  | { readonly port: number }
  | { readonly conflicts: number; readonly errors: Readonly<Record<string, number>> }
