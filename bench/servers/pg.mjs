import pg from 'pg'
import { database, poolSize, postgres } from '../databases.mjs'
import { koaSession } from './koa-session.mjs'

const get = 'SELECT data FROM bench_pg WHERE id = $1 AND expires > $2'
const set = `INSERT INTO bench_pg (id, data, expires) VALUES ($1, $2, $3)
  ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires = excluded.expires`

/** What a careful programmer writes without an ORM: named prepared statements on a pool. */
export default async function makeServer() {
  const pool = new pg.Pool({ ...postgres, database, max: poolSize })
  await pool.query(
    'CREATE TABLE IF NOT EXISTS bench_pg (id text PRIMARY KEY, data text NOT NULL, expires bigint NOT NULL)',
  )
  await pool.query('CREATE INDEX IF NOT EXISTS bench_pg_expires ON bench_pg (expires)')
  return koaSession({
    async get(key) {
      const { rows } = await pool.query({ name: 'get', text: get, values: [key, Date.now()] })
      return rows.length === 0 ? undefined : JSON.parse(rows[0].data)
    },
    async set(key, session, maxAge) {
      await pool.query({ name: 'set', text: set, values: [key, JSON.stringify(session), Date.now() + maxAge] })
    },
    async destroy(key) {
      await pool.query({ name: 'destroy', text: 'DELETE FROM bench_pg WHERE id = $1', values: [key] })
    },
  })
}
