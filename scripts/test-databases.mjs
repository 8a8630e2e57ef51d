// A database of its own for a run of the tests, on each server that is reached, so that nothing of the run stays.
import { createConnection } from 'mysql2/promise'
import pg from 'pg'
import { isReachable, servers } from '../dist/test/support/databases.js'

const database = `koa_session_model_test_${process.pid}`

const kinds = {
  postgres: {
    variable: 'TEST_POSTGRES_DATABASE',
    title: 'PostgreSQL',
    async connect({ username: user, ...server }) {
      const client = new pg.Client({ ...server, user })
      await client.connect()
      return client
    },
    drop: `DROP DATABASE ${database} WITH (FORCE)`,
  },
  mariadb: {
    variable: 'TEST_MARIADB_DATABASE',
    title: 'MariaDB',
    connect: ({ username: user, ...server }) => createConnection({ ...server, user }),
    drop: `DROP DATABASE ${database}`,
  },
}

/**
 * Creates the databases, and names them to the programs that are started from now on. Gives a function that removes them.
 * A user who may not create any has the run in the database that is configured, where tables stay.
 */
export async function createTestDatabases() {
  const removers = []
  for (const [server, kind] of Object.entries(kinds)) {
    if (!(await isReachable(server))) continue
    try {
      removers.push(await create(server, kind))
    } catch (error) {
      console.log(
        `${kind.title}: the tests use the database '${servers[server].database}', and leave tables there: ${error.message}`,
      )
    }
  }
  return async () => {
    for (const remove of removers) await remove()
  }
}

async function create(server, { variable, connect, drop }) {
  await query(`CREATE DATABASE ${database}`)
  process.env[variable] = database
  const packet = server === 'mariadb' && (await query('SELECT @@global.max_allowed_packet AS size'))[0][0].size
  return async () => {
    await query(drop)
    // Tests of large sessions raise it for all.
    if (packet) await query(`SET GLOBAL max_allowed_packet = ${packet}`)
  }

  async function query(sql) {
    const client = await connect(servers[server])
    try {
      return await client.query(sql)
    } finally {
      await client.end()
    }
  }
}
