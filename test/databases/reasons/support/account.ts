import { type Server, servers } from '../../../support/databases.js'
import { type Rival, rivalOn } from '../../failures/support/rival.js'

/** A user with a database of its own on a server, and the administrator who can take things from it. */
export interface Account {
  readonly name: string
  readonly password: string
  readonly admin: Rival
  /** Runs a statement as the administrator, in the database of the account. */
  query(sql: string): Promise<unknown>
  /** Ends the connections of the account. */
  hangUp(): Promise<void>
  remove(): Promise<void>
}

const password = 'p4ssw0rd'

/** Makes an account anew. */
export async function accountOn(server: Server, suffix: string): Promise<Account> {
  const name = `${servers[server].database}_${suffix}`
  return server === 'postgres' ? postgresAccount(name) : mariadbAccount(name)
}

async function postgresAccount(name: string): Promise<Account> {
  const admin = await rivalOn('postgres')
  const drop = async (): Promise<void> => {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await admin.query(`DROP ROLE IF EXISTS ${name}`)
  }
  await drop()
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`)
  await admin.query(`CREATE DATABASE ${name} OWNER ${name}`)
  return {
    name,
    password,
    admin,
    query: (sql) => queryIn('postgres', name, sql),
    hangUp: async () => {
      await admin.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '${name}'`)
    },
    remove: async () => {
      await drop()
      await admin.close()
    },
  }
}

async function mariadbAccount(name: string): Promise<Account> {
  const admin = await rivalOn('mariadb')
  const drop = async (): Promise<void> => {
    await admin.query(`DROP DATABASE IF EXISTS ${name}`)
    await admin.query(`DROP USER IF EXISTS ${name}`)
  }
  await drop()
  await admin.query(`CREATE DATABASE ${name}`)
  await admin.query(`CREATE USER ${name} IDENTIFIED BY '${password}'`)
  await admin.query(`GRANT ALL ON ${name}.* TO ${name}`)
  return {
    name,
    password,
    admin,
    query: (sql) => queryIn('mariadb', name, sql),
    hangUp: async () => {
      const own = `SELECT id FROM information_schema.processlist WHERE user = '${name}'`
      for (const { id } of await admin.query(own)) await admin.kill(Number(id))
      while ((await admin.query(own)).length > 0);
    },
    remove: async () => {
      await drop()
      await admin.close()
    },
  }
}

async function queryIn(server: Server, database: string, sql: string): Promise<unknown> {
  const inside = await rivalOn(server, database)
  try {
    return await inside.query(sql)
  } finally {
    await inside.close()
  }
}
