import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { database, mariadb, postgres } from '../databases.mjs'

/** How long nobody looks, in milliseconds. */
const pause = 5

/**
 * Looks again and again, on a connection and in a thread of its own, who waits for a lock. `stop` tells, in milliseconds,
 * how long the longest wait that was seen can have been, and the longest time between two looks: a wait that is shorter
 * may not have been seen.
 */
export async function watchLocks(server) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { locksOf: server } })
  await once(worker, 'message')
  return {
    async stop() {
      const over = Promise.all([once(worker, 'message'), once(worker, 'exit')])
      worker.postMessage('stop')
      const [[seen]] = await over
      return seen
    },
  }
}

const watches = { postgres: watchPostgres, mariadb: watchMariaDb }

if (!isMainThread && workerData?.locksOf) {
  let isOver = false
  parentPort.once('message', () => {
    isOver = true
  })
  const { look, end } = await watches[workerData.locksOf]()
  let longest = await look()
  let gap = 0
  let before = performance.now()
  parentPort.postMessage('ready')
  while (!isOver) {
    await sleep(pause)
    longest = Math.max(longest, await look())
    const now = performance.now()
    gap = Math.max(gap, now - before)
    before = now
  }
  parentPort.postMessage({ longest, gap })
  await end()
}

/** The server says since when each waits. Who waits no more has waited until this look at the most. */
async function watchPostgres() {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ ...postgres, database })
  await client.connect()
  const text = `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now, (
    SELECT json_object_agg(pid, extract(epoch FROM coalesce(waitstart, clock_timestamp()))::float8 * 1000) FROM pg_locks
    WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())
  ) AS waits`
  let before = []
  return {
    async look() {
      const { now, waits } = (await client.query({ name: 'look', text })).rows[0]
      const begins = Object.values(waits ?? {})
      const longest = Math.max(0, ...[...before, ...begins].map((since) => now - since))
      before = begins
      return longest
    },
    end: () => client.end(),
  }
}

/** The server has the sum of all waits that are over, and the longest. What the sum grows by is at least the longest of them. */
async function watchMariaDb() {
  const { createConnection } = await import('mysql2/promise')
  const connection = await createConnection(mariadb)
  let before
  return {
    async look() {
      const [rows] = await connection.query("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_time%'")
      const { Innodb_row_lock_time: sum, Innodb_row_lock_time_max: most } = Object.fromEntries(
        rows.map(({ Variable_name, Value }) => [Variable_name, Number(Value)]),
      )
      const longest = Math.min(sum - (before ?? sum), most)
      before = sum
      return longest
    },
    end: () => connection.end(),
  }
}
