/** What a config of the tests reads from the environment. */
export const setting = {
  /** The name of a database of the matrix. */
  database: process.env.CLI_DATABASE ?? '',
  table: process.env.CLI_TABLE ?? 'cli_sessions',
  file: process.env.CLI_FILE ?? ':memory:',
  /** The options of the manager. */
  policy: {
    encryptionKeys: (process.env.CLI_KEYS ?? '').split(',').filter(Boolean),
    hashIds: process.env.CLI_RAW_IDS === undefined,
    cleanup: false as const,
    cookie: { secure: process.env.CLI_INSECURE === undefined ? ('auto' as const) : false },
    now: () => Date.now() + Number(process.env.CLI_CLOCK_AHEAD ?? 0),
  },
}

/** The database of the matrix that is asked for. */
export function chosen<Database extends { readonly name: string }>(
  databases: readonly [Database, ...Database[]],
): Database {
  return databases.find(({ name }) => name === setting.database) ?? databases[0]
}
