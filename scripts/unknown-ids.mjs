// Measures what requests with unknown session ids cost, next to requests without a cookie: HTTP, Koa and the
// middleware on one core, against memory, better-sqlite3 and PostgreSQL.
//
//   npm run build && node scripts/unknown-ids.mjs [seconds for each number, default 3]
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import { performance } from 'node:perf_hooks'
import Koa from 'koa'
import { MemorySessionBackend, SessionManager, session } from '../dist/src/index.js'
import { isReachable } from '../dist/test/support/databases.js'
import { typeormRows } from '../dist/test/support/typeorm-rows.js'

const duration = Number(process.argv[2] ?? 3) * 1000
const sessions = 10_000
const parallel = 16

const backends = [['memory', async () => ({ backend: new MemorySessionBackend({ userId: null }), close() {} })]]
for (const row of typeormRows.slice(0, 2)) {
  if (row.server && !(await isReachable(row.server))) console.log(`not measured, no server to reach: ${row.name}`)
  else backends.push([row.name, () => openModel(row)])
}

for (const [name, open] of backends) {
  const { close, statements = [], ...place } = await open()
  const manager = new SessionManager({ ...place, cleanup: false })
  const ids = await fill(manager)
  const server = createServer(new Koa().use(session(manager)).use(look).callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  const requests = {
    'no cookie': () => undefined,
    'malformed id': () => 'sid=nonsense',
    'unknown id': () => `sid=${randomBytes(32).toString('base64url')}`,
    'known id': () => `sid=${ids[Math.floor(Math.random() * ids.length)]}`,
  }
  for (const cookie of Object.values(requests)) await measure(port, cookie, duration / 3)
  for (const [kind, cookie] of Object.entries(requests)) {
    statements.length = 0
    const { count, milliseconds, cpu } = await measure(port, cookie, duration)
    const sent = place.model ? `${(statements.length / count).toFixed(2)} statements` : ''
    const rate = Math.round((count / milliseconds) * 1000)
    console.log(`${name}, ${kind}: ${rate} requests/s, ${((cpu * 1000) / count).toFixed(0)} µs CPU here, ${sent}`)
  }
  server.closeAllConnections()
  server.close()
  manager.close()
  await close()
}

function look(ctx) {
  ctx.body = { userId: ctx.session.userId }
}

async function openModel(row) {
  const statements = []
  const { model, close } = await row.open({ table: 'unknown_ids', onStatement: (sql) => statements.push(sql) })
  return { model, close, statements }
}

async function fill(manager) {
  const ids = Array.from({ length: sessions }, () => randomBytes(32).toString('base64url'))
  for (const id of ids) await manager.set(id, { userId: 1 })
  return ids
}

/** Sends requests, some of them at a time, and tells how many were answered in which time. */
async function measure(port, cookie, milliseconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel })
  const [begun, before] = [performance.now(), process.cpuUsage()]
  let count = 0
  const send = async () => {
    while (performance.now() - begun < milliseconds) {
      await request(port, agent, cookie())
      count++
    }
  }
  await Promise.all(Array.from({ length: parallel }, send))
  const { user, system } = process.cpuUsage(before)
  agent.destroy()
  return { count, milliseconds: performance.now() - begun, cpu: (user + system) / 1000 }
}

function request(port, agent, cookie) {
  return new Promise((resolve, reject) => {
    const headers = cookie === undefined ? {} : { cookie }
    get({ host: '127.0.0.1', port, agent, headers }, (response) => response.resume().once('end', resolve)).once(
      'error',
      reject,
    )
  })
}
