import { openSession } from '../../dist/src/core/manager/open-session.js'
import { withId } from './one.mjs'
import { cycle, inMemory, onPostgres, openTable } from './table.mjs'
import { timeEach } from './timing.mjs'

const contents = { empty: { a: 1 }, large: { text: 'x'.repeat(100_000) } }

/** A request with a session of 100 KB that it does not touch, and one with an almost empty session, in microseconds. */
export default async function large(options) {
  return {
    PostgreSQL: await measure(onPostgres(), options),
    'better-sqlite3 in memory': await measure(inMemory(), options),
  }
}

/** The same on one database. */
export async function measure(database, { rounds, milliseconds }) {
  const table = await openTable(database, 'bench_large')
  const functions = {}
  for (const [name, data] of Object.entries(contents)) Object.assign(functions, await waysTo(table, name, data))
  table.silence()
  const result = await timeEach(functions, { rounds: rounds * 4, milliseconds: milliseconds / 4 })
  await table.close()
  return result
}

async function waysTo(table, name, data) {
  const { manager, dataSource } = table
  const ids = Array.from({ length: 20 }, (_, number) => `${name}-session-of-a-benchmark-${number + 1000}`)
  for (const id of ids) await manager.set(id, data)
  const { sql, parameters } = await table.statementFor(ids[0])
  const hashed = ids.map((id) => manager.rowId(id))
  const [nextId, nextHash] = [cycle(ids), cycle(hashed)]
  return {
    [`koa-session-model, ${name}`]: async () => {
      const session = await openSession(manager, nextId())
      await session.commit()
    },
    [`the statement alone, ${name}`]: () => dataSource.query(sql, withId(parameters, nextHash(), hashed[0])),
  }
}
