import type { OptionHints } from '../core/options/unknown-options.js'

const asTableName = "Write tableName: 'web_sessions'."
const asOption = (name: string): [string, string] => [
  name,
  `It is an option of the middleware: write session({ model: Sessions, ${name}: … }).`,
]
const asColumn = (name: string): [string, string] => [name, `Write columns: { ${name}: … }.`]
const ofOrm =
  'Declare it by the decorators of your ORM, beside this one: @Entity() of TypeORM, @Table() of sequelize-typescript.'

/** Suggestions for options of other decorators and of the middleware that were given to `@SessionModel()`. */
export const modelHints: OptionHints = new Map([
  ['table', asTableName],
  ['name', asTableName],
  ['tablename', asTableName],
  ['table_name', asTableName],
  ...[
    'maxAge',
    'key',
    'cookie',
    'hashIds',
    'idBytes',
    'encryptionKeys',
    'serializer',
    'cleanup',
    'rolling',
    'lastSeen',
  ].map(asOption),
  ...['id', 'data', 'expires', 'createdAt', 'version', 'lastSeenAt'].map(asColumn),
  ...['schema', 'database', 'synchronize', 'timestamps', 'paranoid', 'underscored', 'indexes'].map(
    (name): [string, string] => [name, ofOrm],
  ),
])

/** Suggestions for column names of other session stores. */
export const columnHints: OptionHints = new Map([
  ...['sid', 'sessionId', 'session_id', 'key'].map((name): [string, string] => [name, `Write id: '${name}'.`]),
  ...['json', 'session', 'sess', 'value'].map((name): [string, string] => [name, `Write data: '${name}'.`]),
  ...['expire', 'expiredAt', 'expiresAt', 'expires_at'].map((name): [string, string] => [
    name,
    `Write expires: '${name}'.`,
  ]),
  ['created_at', "Write createdAt: 'created_at'."],
  ...['lastSeen', 'last_seen', 'last_seen_at', 'seenAt', 'lastUsedAt', 'lastAccess'].map((name): [string, string] => [
    name,
    `Write lastSeenAt: '${name}'.`,
  ]),
])
