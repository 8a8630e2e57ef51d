import { openSession } from '../../dist/src/core/manager/open-session.js'
import { sampleSession } from '../servers/app.mjs'
import { copyId, copyRows } from './copies.mjs'
import { remove } from './rows.mjs'
import { onMariaDb, onPostgres, openTable } from './table.mjs'
import { rateEach } from './timing.mjs'

const partitions = 16
const parallel = 64

/** Loads and stored changes a second, with 64 under way at a time, of a plain table and of one in 16 partitions. */
export default async function measure({ rounds, milliseconds, full }) {
  const count = full ? 2_000_000 : 200_000
  const result = {}
  for (const [database, options] of Object.entries({ PostgreSQL: onPostgres(), MariaDB: onMariaDb() })) {
    const tables = {
      'one table': await filled(options, 'bench_partitions_none', count),
      [`${partitions} partitions`]: await filled(options, 'bench_partitions_hash', count, divide),
    }
    const functions = Object.entries(tables).flatMap(([name, { manager }]) => [
      [`load, ${name}`, () => openAny(manager, count)],
      [`change, ${name}`, async () => change(await openAny(manager, count))],
    ])
    result[database] = await rateEach(Object.fromEntries(functions), { rounds, milliseconds, parallel })
    for (const table of Object.values(tables)) await remove(table)
  }
  return { parallel, count, byDatabase: result }
}

async function openAny(manager, count) {
  const session = await openSession(manager, copyId(1 + Math.floor(Math.random() * count)))
  if (session.isNew) throw new Error('a session was not found')
  return session
}

async function change(session) {
  session.writable.set('views', Math.random())
  await session.save()
}

async function filled(options, name, count, prepare = async () => {}) {
  const table = await openTable({ ...options, poolSize: 10 }, name)
  table.silence()
  await prepare(table.dataSource, name)
  await table.manager.set('original', sampleSession())
  await copyRows(table, 'original', 1, count)
  return table
}

async function divide(dataSource, name) {
  if (dataSource.options.type === 'mariadb') {
    await dataSource.query(`ALTER TABLE ${name} PARTITION BY KEY (id) PARTITIONS ${partitions}`)
    return
  }
  await dataSource.query(`ALTER TABLE ${name} RENAME TO ${name}_plain`)
  await dataSource.query(`CREATE TABLE ${name} (LIKE ${name}_plain INCLUDING ALL) PARTITION BY HASH (id)`)
  for (let n = 0; n < partitions; n++) {
    const bounds = `WITH (MODULUS ${partitions}, REMAINDER ${n})`
    await dataSource.query(`CREATE TABLE ${name}_${n} PARTITION OF ${name} FOR VALUES ${bounds}`)
  }
  await dataSource.query(`DROP TABLE ${name}_plain`)
}
