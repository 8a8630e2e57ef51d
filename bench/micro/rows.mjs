import { openSession } from '../../dist/src/core/manager/open-session.js'
import { sampleSession } from '../servers/app.mjs'
import { copyId, copyRows } from './copies.mjs'
import { onPostgres, openTable } from './table.mjs'
import { timeEach } from './timing.mjs'

/** One load at a time, anywhere in a table of few rows and in one of many, in microseconds. */
export default async function rows({ rounds, milliseconds, full }) {
  const [few, many] = [10_000, full ? 5_000_000 : 1_000_000]
  const tables = { [few]: await filled('bench_rows_few', few), [many]: await filled('bench_rows_many', many) }
  const functions = Object.fromEntries(
    Object.entries(tables).map(([count, { manager }]) => [
      `${count} rows`,
      async () => {
        const session = await openSession(manager, copyId(1 + Math.floor(Math.random() * Number(count))))
        if (session.isNew) throw new Error('a session was not found')
      },
    ]),
  )
  const result = await timeEach(functions, { rounds: rounds * 4, milliseconds: milliseconds / 4 })
  for (const table of Object.values(tables)) await remove(table)
  return result
}

async function filled(name, count) {
  const table = await openTable(onPostgres(), name)
  table.silence()
  await table.manager.set('original', sampleSession())
  await copyRows(table, 'original', 1, count)
  return table
}

/** The table would stay on the disk. */
export async function remove(table) {
  await table.dataSource.query(`DROP TABLE ${table.dataSource.getMetadata(table.model).tableName}`)
  await table.close()
}
