/** What is used of a client of `pg`, which has no types. */
export interface PgClient {
  connect(): Promise<void>
  query(sql: string | object, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  end(): Promise<void>
  on(event: 'error', listener: (error: Error) => void): void
}

interface PgModule {
  readonly Client: new (options: object) => PgClient
}

/** A connection to a server that speaks PostgreSQL's protocol. Its loss is told by the statement, not by an event. */
export async function pgClient(options: object): Promise<PgClient> {
  const { default: pg } = (await import('pg' as string)) as { default: PgModule }
  const client = new pg.Client({ connectionTimeoutMillis: 2000, ...options })
  client.on('error', () => {})
  await client.connect()
  return client
}
