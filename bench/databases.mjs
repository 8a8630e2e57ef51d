// Where the databases are. The same variables as the tests use; the database is the benchmarks' own, and made if missing.
const { env } = process

/** The name of the database, on both servers. */
export const database = env.BENCH_DATABASE ?? 'bench'

/** How many connections every competitor may have. Fewer where several processes share them. */
export const poolSize = Number(env.BENCH_POOL_SIZE ?? 10)

export const postgres = {
  host: env.TEST_POSTGRES_HOST ?? '127.0.0.1',
  port: Number(env.TEST_POSTGRES_PORT ?? 5432),
  user: env.TEST_POSTGRES_USER ?? 'postgres',
  password: env.TEST_POSTGRES_PASSWORD ?? '',
}

export const mariadb = {
  host: env.TEST_MARIADB_HOST ?? '127.0.0.1',
  port: Number(env.TEST_MARIADB_PORT ?? 3306),
  user: env.TEST_MARIADB_USER ?? 'root',
  password: env.TEST_MARIADB_PASSWORD ?? '',
}

/** What TypeORM takes. */
export function typeOrmOptions(server) {
  const { user: username, ...place } = server === 'mariadb' ? mariadb : postgres
  return { type: server, ...place, username, database, poolSize, synchronize: true, entities: [] }
}

/** What Sequelize takes, for PostgreSQL. */
export function sequelizeOptions() {
  const { user: username, ...place } = postgres
  return { dialect: 'postgres', ...place, username, database, logging: false, pool: { max: poolSize } }
}

/** Makes the databases where they are missing, and tells the versions; `null` for a server that cannot be reached. */
export async function prepareDatabases() {
  return { postgres: await orNull(preparePostgres), mariadb: await orNull(prepareMariaDb) }
}

async function orNull(prepare) {
  try {
    return await prepare()
  } catch (error) {
    console.warn(`A database cannot be used: ${error.message || error.code}`)
    return null
  }
}

async function preparePostgres() {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ ...postgres, database: 'postgres' })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database])
    if (rowCount === 0) await client.query(`CREATE DATABASE "${database}"`)
    await dropPostgresTables()
    const { rows } = await client.query('SHOW server_version')
    return `PostgreSQL ${rows[0].server_version.split(' ')[0]}`
  } finally {
    await client.end()
  }
}

/** What earlier runs have left would make this one slower. */
async function dropPostgresTables() {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ ...postgres, database })
  await client.connect()
  try {
    const { rows } = await client.query("SELECT tablename FROM pg_tables WHERE tablename LIKE 'bench\\_%'")
    for (const { tablename } of rows) await client.query(`DROP TABLE "${tablename}"`)
  } finally {
    await client.end()
  }
}

async function prepareMariaDb() {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection(mariadb)
  try {
    await connection.query(`CREATE DATABASE IF NOT EXISTS \`${database}\``)
    const [tables] = await connection.query("SHOW TABLES FROM ?? LIKE 'bench\\_%'", [database])
    for (const table of tables) await connection.query('DROP TABLE ??.??', [database, Object.values(table)[0]])
    const [[{ version }]] = await connection.query('SELECT version() AS version')
    return `MariaDB ${version.split('-')[0]}`
  } finally {
    await connection.end()
  }
}
