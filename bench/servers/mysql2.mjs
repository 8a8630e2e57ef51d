import { createPool } from 'mysql2/promise'
import { database, mariadb, poolSize } from '../databases.mjs'
import { koaSession } from './koa-session.mjs'

const get = 'SELECT data FROM bench_mysql2 WHERE id = ? AND expires > ?'
const set = `INSERT INTO bench_mysql2 (id, data, expires) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE data = VALUES(data), expires = VALUES(expires)`

/** What a careful programmer writes without an ORM: prepared statements on a pool. */
export default async function makeServer() {
  const pool = createPool({ ...mariadb, database, connectionLimit: poolSize })
  await pool.query(`CREATE TABLE IF NOT EXISTS bench_mysql2
    (id varchar(64) PRIMARY KEY, data mediumtext NOT NULL, expires bigint NOT NULL, INDEX (expires))`)
  return koaSession({
    async get(key) {
      const [rows] = await pool.execute(get, [key, Date.now()])
      return rows.length === 0 ? undefined : JSON.parse(rows[0].data)
    },
    async set(key, session, maxAge) {
      await pool.execute(set, [key, JSON.stringify(session), Date.now() + maxAge])
    },
    async destroy(key) {
      await pool.execute('DELETE FROM bench_mysql2 WHERE id = ?', [key])
    },
  })
}
