import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSession } from '../../dist/src/core/manager/open-session.js'
import { sampleSession } from '../servers/app.mjs'
import { percentile } from '../statistics.mjs'
import { copyId, copyRows } from './copies.mjs'
import { watchLocks } from './lock-waits.mjs'
import { remove } from './rows.mjs'
import { onMariaDb, onPostgres, openTable } from './table.mjs'

/** Half of the rows are expired, and are removed while others are read and written, in the same process. */
export default async function cleanup(options) {
  return { PostgreSQL: await measure(onPostgres(), options), MariaDB: await measure(onMariaDb(), options) }
}

async function measure(database, { full }) {
  const half = full ? 1_000_000 : 100_000
  const longAgo = Date.now() - 100 * 86_400_000
  const clock = { time: longAgo }
  const table = await openTable(database, 'bench_cleanup', { now: () => clock.time })
  table.silence()
  await table.manager.set('old', sampleSession())
  clock.time = Date.now()
  await table.manager.set('young', sampleSession())
  await copyRows(table, 'old', 1, half)
  await copyRows(table, 'young', half + 1, half)
  try {
    const living = () => copyId(half + 1 + Math.floor(Math.random() * half))
    const without = await underLoad(table, living, () => sleep(5000))
    const during = await underLoad(table, living, () => table.manager.deleteExpired())
    if (during.result !== half + 1) throw new Error(`${during.result} of ${half + 1} expired rows were removed`)
    return { rows: half * 2, without, during }
  } finally {
    await remove(table)
  }
}

/** Reads 400 times a second and writes 50 times while `work` is under way. */
async function underLoad({ manager, dataSource }, living, work) {
  const [reads, writes] = [[], []]
  const timed = async (list, run) => {
    const begin = performance.now()
    await run()
    list.push(performance.now() - begin)
  }
  const locks = await watchLocks(dataSource.options.type)
  globalThis.gc()
  const before = process.memoryUsage.rss()
  let most = before
  const waiting = new Set()
  const start = (list, run) => {
    const promise = timed(list, run).finally(() => waiting.delete(promise))
    waiting.add(promise)
  }
  const timer = setInterval(() => {
    for (let i = 0; i < 8; i++) start(reads, () => openSession(manager, living()))
    start(writes, () => manager.set(living(), sampleSession()))
    most = Math.max(most, process.memoryUsage.rss())
  }, 20)
  const begin = performance.now()
  try {
    const result = await work()
    const seconds = (performance.now() - begin) / 1000
    await Promise.all(waiting)
    const [p99, slowestWrite, lockWait] = [percentile(reads, 0.99), Math.max(...writes), await locks.stop()]
    return { result, seconds, p99, slowestWrite, lockWait, before, most }
  } finally {
    clearInterval(timer)
    await Promise.all(waiting)
  }
}
