/** The databases that a table without a config can be written for. */
export const dialects = ['postgres', 'mysql', 'mariadb', 'sqlite'] as const

export type Dialect = (typeof dialects)[number]

/** The statements for a table without columns of one's own, as registration maps it. */
export function standardTable(dialect: Dialect, table: string): string[] {
  const isMysql = dialect === 'mysql' || dialect === 'mariadb'
  const quote = (name: string): string =>
    isMysql ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`
  const columns = columnsOf(dialect).map(([name, type]) => `  ${quote(name)} ${type}`)
  const charset = isMysql ? ' DEFAULT CHARSET=utf8mb4' : ''
  return [
    `CREATE TABLE ${quote(table)} (\n${columns.join(',\n')}\n)${charset}`,
    `CREATE INDEX ${quote(`${table}_expires`)} ON ${quote(table)} (${quote('expires')})`,
  ]
}

function columnsOf(dialect: Dialect): (readonly [name: string, type: string])[] {
  const [id, data, moment] = types[dialect === 'mariadb' ? 'mysql' : dialect]
  return [
    ['id', `${id} NOT NULL PRIMARY KEY`],
    ['data', data],
    ['expires', moment],
    ['createdAt', moment],
    ['version', 'INTEGER NOT NULL DEFAULT 1'],
  ]
}

/** The types of id, data and moments. */
const types = {
  postgres: ['varchar(128)', "text NOT NULL DEFAULT ''", 'timestamptz NOT NULL DEFAULT to_timestamp(0)'],
  mysql: ['varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', 'longtext NOT NULL', 'bigint NOT NULL DEFAULT 0'],
  sqlite: ['varchar(128)', "text NOT NULL DEFAULT ''", "datetime NOT NULL DEFAULT '1970-01-01 00:00:00.000'"],
} as const
