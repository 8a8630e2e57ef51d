import pg from 'pg'
import { openSession } from '../../dist/src/core/manager/open-session.js'
import { database, postgres } from '../databases.mjs'
import { cycle, fill, onPostgres, openTable } from './table.mjs'
import { timeEach } from './timing.mjs'

/** One load at a time on PostgreSQL, in microseconds. */
export default async function one({ rounds, milliseconds }) {
  const { table, functions, close } = await postgresLoads('bench_micro_one')
  table.silence()
  // Short turns, so that what disturbs the machine disturbs all alike.
  const result = await timeEach(functions, { rounds: rounds * 4, milliseconds: milliseconds / 4 })
  await close()
  return result
}

/** The ways to load a session from PostgreSQL. */
export async function postgresLoads(tableName) {
  const table = await openTable(onPostgres(), tableName)
  const { manager, dataSource, model } = table
  const ids = await fill(manager, 1000)
  const { sql, parameters } = await table.statementFor(ids[0])
  const hashed = ids.map((id) => manager.rowId(id))
  const [nextId, nextHash] = [cycle(ids), cycle(hashed)]
  const repository = dataSource.getRepository(model)
  const pool = new pg.Pool({ ...postgres, database, max: 10 })
  const text = `SELECT * FROM ${tableName} WHERE id = $1`
  const functions = {
    'koa-session-model': () => openSession(manager, nextId()),
    'dataSource.query, same SQL': () => dataSource.query(sql, withId(parameters, nextHash(), hashed[0])),
    findOneBy: () => repository.findOneBy({ id: nextHash() }),
    'prepared pg': () => pool.query({ name: 'load', text, values: [nextHash()] }),
  }
  const close = async () => {
    await pool.end()
    await table.close()
  }
  return { table, functions, close }
}

/** The parameters of a statement, with another id in the place of the one that they were made for. */
export function withId(parameters, id, inPlaceOf) {
  return parameters.map((value) => {
    if (Array.isArray(value)) return value.map((item) => (item === inPlaceOf ? id : item))
    return typeof value === 'string' ? value.replace(inPlaceOf, id) : value
  })
}
