import { createHash, randomBytes } from 'node:crypto'
import { DataSource } from 'typeorm'
import { typeOrmOptions } from '../databases.mjs'
import { makeApp } from './app.mjs'

const table = 'bench_batching'
const maxAge = 86_400_000

/**
 * The barest session that works in batches: `dataSource.query` and hashed ids; all waiting ids go into one SELECT, all waiting
 * updates into one UPDATE. It has no versions, no merge, no logout, no events and no time limit.
 */
export default async function makeServer() {
  const source = new DataSource(typeOrmOptions('postgres'))
  await source.initialize()
  await source.query(
    `CREATE TABLE IF NOT EXISTS ${table} (id text PRIMARY KEY, data text NOT NULL, expires timestamptz NOT NULL)`,
  )
  await source.query(`CREATE INDEX IF NOT EXISTS ${table}_expires ON ${table} (expires)`)
  const finds = new Batch((ids) => find(source, ids))
  const updates = new Batch((rows) => update(source, rows))
  return makeApp(async (ctx, next) => {
    const id = ctx.cookies.get('sid')
    const row = id === undefined ? undefined : await finds.add(hashOf(id))
    ctx.session = row ? JSON.parse(row.data) : {}
    await next()
    const data = JSON.stringify(ctx.session)
    if (data === (row?.data ?? '{}')) return
    const sent = id ?? randomBytes(24).toString('base64url')
    await (row ? updates.add([row.id, data]) : insert(source, hashOf(sent), data))
    ctx.cookies.set('sid', sent, { signed: false, sameSite: 'lax', maxAge })
  })
}

/** What arrives while a call is running goes together into the next one. */
class Batch {
  #waiting = []
  #running = 0
  #run

  constructor(run) {
    this.#run = run
  }

  add(item) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (this.#waiting.length === 1) setImmediate(() => this.#next())
    })
  }

  async #next() {
    if (this.#running === 1 || this.#waiting.length === 0) return
    const batch = this.#waiting
    this.#waiting = []
    this.#running++
    try {
      const answers = await this.#run(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index])
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
    this.#running--
    this.#next()
  }
}

async function find(source, ids) {
  const rows = await source.query(`SELECT id, data FROM ${table} WHERE id = ANY($1) AND expires > $2`, [
    ids,
    new Date(),
  ])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id))
}

async function update(source, rows) {
  const list = rows.map((_, n) => `($${2 * n + 2}, $${2 * n + 3})`).join(', ')
  await source.query(
    `UPDATE ${table} AS s SET data = v.data, expires = $1 FROM (VALUES ${list}) AS v (id, data) WHERE s.id = v.id`,
    [new Date(Date.now() + maxAge), ...rows.flat()],
  )
  return []
}

async function insert(source, id, data) {
  await source.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [id, data, new Date(Date.now() + maxAge)])
}

function hashOf(id) {
  return createHash('sha256').update(id).digest('hex')
}
