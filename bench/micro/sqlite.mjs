import { openSession } from '../../dist/src/core/manager/open-session.js'
import { cycle, fill, inMemory, openTable } from './table.mjs'
import { timeEach } from './timing.mjs'

/** One load at a time on better-sqlite3 in memory, in microseconds. */
export default async function sqlite({ rounds, milliseconds }) {
  const table = await openTable(inMemory(), 'bench_sqlite')
  const { manager, dataSource, model } = table
  const ids = await fill(manager, 1000)
  table.silence()
  const [nextId, nextHash] = [cycle(ids), cycle(ids.map((id) => manager.rowId(id)))]
  const repository = dataSource.getRepository(model)
  const statement = dataSource.driver.databaseConnection.prepare('SELECT * FROM bench_sqlite WHERE id = ?')
  const functions = {
    'koa-session-model': () => openSession(manager, nextId()),
    'raw prepared get': () => statement.get(nextHash()),
    findOneBy: () => repository.findOneBy({ id: nextHash() }),
  }
  const result = await timeEach(functions, { rounds: rounds * 4, milliseconds: milliseconds / 4 })
  await table.close()
  return result
}
