// A database of its own for a run of the tests, on each server that is reached, so that nothing of the run stays.
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { allowLargePackets, isReachable, servers } from '../dist/test/support/databases.js'

const kinds = {
  postgres: {
    variable: 'TEST_POSTGRES_DATABASE',
    title: 'PostgreSQL',
    async connect({ username: user, ...server }) {
      const client = new pg.Client({ ...server, user })
      await client.connect()
      return client
    },
    drop: (database) => `DROP DATABASE ${database} WITH (FORCE)`,
  },
  mariadb: {
    variable: 'TEST_MARIADB_DATABASE',
    title: 'MariaDB',
    connect: ({ username: user, ...server }) => createConnection({ ...server, user }),
    drop: (database) => `DROP DATABASE ${database}`,
  },
}

/**
 * Creates databases for `count` programs that run side by side. Gives the environment variables that name them to each
 * program, and a function that removes the databases. A user who may not create any has the run in the database that is
 * configured, where tables stay; then only one program can run.
 */
export async function createTestDatabases(count) {
  const environments = Array.from({ length: count }, () => ({}))
  const removers = []
  for (const [server, kind] of Object.entries(kinds)) {
    if (!(await isReachable(server))) continue
    try {
      for (const [number, environment] of environments.entries()) {
        const database = `koa_session_model_test_${process.pid}_${number + 1}`
        removers.push(await create(server, kind, database))
        environment[kind.variable] = database
      }
      if (server === 'mariadb') removers.push(await allowPackets(kind))
    } catch (error) {
      console.log(
        `${kind.title}: the tests use the database '${servers[server].database}', and leave tables there: ${error.message}`,
      )
      for (const environment of environments) delete environment[kind.variable]
      environments.length = 1
    }
  }
  return {
    environments,
    async remove() {
      for (const remove of removers)
        await remove().catch((error) => console.log(`Not all is as before the tests: ${error.message}`))
    },
  }
}

async function create(server, kind, database) {
  await query(server, kind, `CREATE DATABASE ${database}`)
  return () => query(server, kind, kind.drop(database))
}

/** Raises the size of packets at once, as tests of large sessions do for all programs. Gives a function that restores it. */
async function allowPackets(kind) {
  const [[{ size }]] = await query('mariadb', kind, 'SELECT @@global.max_allowed_packet AS size')
  await allowLargePackets()
  return () => query('mariadb', kind, `SET GLOBAL max_allowed_packet = ${size}`)
}

async function query(server, { connect }, sql) {
  const client = await connect(servers[server])
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
