import { createConnection } from 'mysql2/promise'
import { servers } from './databases.js'

/** Makes a database on the MariaDB of the tests whose tables have a character set that holds few characters. */
export async function createNarrowDatabase(suffix: string, charset: string): Promise<string> {
  const name = `${servers.mariadb.database}_${suffix}`
  await onServer(`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name} CHARACTER SET ${charset}`)
  return name
}

/** Removes what {@link createNarrowDatabase} has made. */
export async function dropNarrowDatabase(name: string): Promise<void> {
  await onServer(`DROP DATABASE IF EXISTS ${name}`)
}

async function onServer(...statements: readonly string[]): Promise<void> {
  const { username, ...server } = servers.mariadb
  const connection = await createConnection({ ...server, user: username })
  for (const statement of statements) await connection.query(statement)
  await connection.end()
}
