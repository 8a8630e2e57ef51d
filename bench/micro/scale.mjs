import { performance } from 'node:perf_hooks'
import { openSession } from '../../dist/src/core/manager/open-session.js'
import { sampleSession } from '../servers/app.mjs'
import { copyId, copyRows } from './copies.mjs'
import { remove } from './rows.mjs'
import { onPostgres, openTable } from './table.mjs'
import { timeEach } from './timing.mjs'

const expired = 10_000
const changes = 2000

/** How loads, the clean-up, disk and memory grow with the number of sessions, on PostgreSQL. */
export default async function scale({ rounds, milliseconds, full }) {
  const sizes = [10_000, 100_000, 1_000_000, ...(full ? [5_000_000] : [])]
  const tables = []
  for (const size of sizes) tables.push(await filled(size))
  const loads = await timeEach(Object.fromEntries(tables.map((table) => [table.size, () => openAny(table)])), {
    rounds,
    milliseconds,
  })
  const result = []
  for (const table of tables) {
    const load = loads[table.size]
    result.push({
      sessions: table.size,
      load,
      ...(await spaceOf(table)),
      wal: await walOf(table),
      ...(await clean(table)),
    })
    await remove(table)
  }
  return result
}

/** A table of living sessions, and of some that have expired. */
async function filled(size) {
  const clock = { time: Date.now() - 100 * 86_400_000 }
  const table = await openTable(onPostgres(), `bench_scale_${size}`, { now: () => clock.time })
  table.silence()
  await table.manager.set('old', sampleSession())
  await copyRows(table, 'old', size + 1, expired)
  clock.time = Date.now()
  await table.manager.set('young', sampleSession())
  await copyRows(table, 'young', 1, size)
  return { ...table, size }
}

async function openAny({ manager, size }) {
  const session = await openSession(manager, copyId(1 + Math.floor(Math.random() * size)))
  if (session.isNew) throw new Error('a session was not found')
  return session
}

/** Bytes a session on the disk, and of those in indexes. */
async function spaceOf({ dataSource, model, size }) {
  const { tableName } = dataSource.getMetadata(model)
  const [{ all, indexes }] = await dataSource.query(
    'SELECT pg_total_relation_size($1::regclass) AS all, pg_indexes_size($1::regclass) AS indexes',
    [tableName],
  )
  return { bytes: Number(all) / (size + expired), indexBytes: Number(indexes) / (size + expired) }
}

/** Bytes of the write-ahead log for one change: after a checkpoint, where whole pages are logged, and once they have been. */
async function walOf(table) {
  const numbers = Array.from({ length: changes }, () => 1 + Math.floor(Math.random() * table.size))
  await table.dataSource.query('CHECKPOINT')
  return { first: await loggedBy(table, numbers), again: await loggedBy(table, numbers) }
}

async function loggedBy({ dataSource, manager }, numbers) {
  const position = async () => (await dataSource.query('SELECT pg_current_wal_insert_lsn() AS lsn'))[0].lsn
  const before = await position()
  for (const number of numbers) {
    const session = await openSession(manager, copyId(number))
    session.writable.set('views', Math.random())
    await session.save()
  }
  const [{ bytes }] = await dataSource.query('SELECT pg_wal_lsn_diff($1, $2) AS bytes', [await position(), before])
  return Number(bytes) / numbers.length
}

/** How fast expired rows are removed, with the pauses, and by how much the process grows meanwhile. */
async function clean({ manager }) {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  const begin = performance.now()
  const removed = await manager.deleteExpired()
  const perSecond = (removed * 1000) / (performance.now() - begin)
  return { cleanedPerSecond: perSecond, grown: process.memoryUsage.rss() - before }
}
