import type { SessionPolicy } from 'koa-session-model'

/** What a config of the tests is made of: the variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The setting of a config. */
export interface Setting {
  /** The name of a database of the matrix. */
  readonly database: string
  readonly table: string
  readonly file: string
  /** The most connections of the pool; the ORM's default without it. */
  readonly pool: number | undefined
  /** The isolation level of each connection to a server; its default without it. */
  readonly isolation: string | undefined
  /** The options of the manager. */
  readonly policy: SessionPolicy
}

/** Reads a setting from an environment. */
export function settingOf(env: Environment): Setting {
  const maxDataBytes = Number(env.CLI_MAX_DATA_BYTES ?? 0)
  return {
    database: env.CLI_DATABASE ?? '',
    table: env.CLI_TABLE ?? 'cli_sessions',
    file: env.CLI_FILE ?? ':memory:',
    pool: env.CLI_POOL === undefined ? undefined : Number(env.CLI_POOL),
    isolation: env.CLI_ISOLATION,
    policy: {
      encryptionKeys: (env.CLI_KEYS ?? '').split(',').filter(Boolean),
      hashIds: env.CLI_RAW_IDS === undefined,
      cleanup: false,
      cookie: { secure: env.CLI_INSECURE === undefined ? 'auto' : false },
      now: () => Date.now() + Number(env.CLI_CLOCK_AHEAD ?? 0),
      ...(maxDataBytes > 0 && { maxDataBytes }),
      ...(env.CLI_LIMIT !== undefined && { limit: { by: env.CLI_LIMIT, max: 5 } }),
    } as object as SessionPolicy,
  }
}

/** The database of the matrix that is asked for. */
export function chosen<Database extends { readonly name: string }>(
  databases: readonly [Database, ...Database[]],
  { database }: Setting,
): Database {
  return databases.find(({ name }) => name === database) ?? databases[0]
}
