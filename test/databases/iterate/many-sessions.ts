// Counts and iterates over many sessions, and prints how long that took and how much memory. Not a test: it takes minutes.
// node --expose-gc dist/test/databases/iterate/many-sessions.js --rows 1000000 --only PostgreSQL
import { parseArgs } from 'node:util'
import { SessionManager } from 'koa-session-model'
import { type MatrixRow, reachable } from '../../support/matrix.js'
import { sequelizeRows } from '../../support/sequelize-rows.js'
import { typeormRows } from '../../support/typeorm-rows.js'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    batch: { type: 'string', default: '500' },
    only: { type: 'string', default: '' },
  },
})
const [rows, batch] = [Number(values.rows), Number(values.batch)]

const fills = {
  postgres: `INSERT INTO ? (id, data, expires, "createdAt", version, "userId")
    SELECT encode(sha256(n::text::bytea), 'hex'), '{"theme":"dark","cart":["book","pen"]}',
      now() + interval '10 days' + n * interval '1 millisecond', now(), 1, n % 1000
    FROM generate_series(1, ${rows}) AS n`,
  mariadb: `INSERT INTO ? (id, data, expires, createdAt, version, userId)
    SELECT SHA2(seq, 256), '{"theme":"dark","cart":["book","pen"]}',
      UNIX_TIMESTAMP() * 1000 + 864000000 + seq, UNIX_TIMESTAMP() * 1000, 1, seq % 1000
    FROM seq_1_to_${rows}`,
} as const

for (const row of await reachable([...typeormRows, ...sequelizeRows])) {
  if (row.server && row.name.includes(values.only)) await measure(row, fills[row.server])
}

async function measure({ name, open }: MatrixRow, fill: string): Promise<void> {
  const { model, execute, close } = await open({ table: 'iterate_many_sessions' })
  const manager = new SessionManager({ model, cleanup: false, timeout: 60_000 })
  try {
    await execute(fill)
    const [counted, counting] = await timed(() => manager.count())
    const [, countingOne] = await timed(() => manager.count({ userId: 7 }))
    const memory: number[] = []
    const [read, reading] = await timed(async () => {
      let seen = 0
      for await (const { properties } of manager.iterate({}, { batch })) {
        if (properties.theme !== 'dark') throw new Error('A session has other data.')
        if (seen++ % (rows / 20) === 0) memory.push(heap())
      }
      return seen
    })
    console.log(
      JSON.stringify({ name, counted, counting, countingOne, read, reading, rate: Math.round(read / reading), memory }),
    )
  } finally {
    manager.close()
    await execute('DROP TABLE ?')
    await close()
  }
}

/** The result, and the seconds. */
async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const begin = performance.now()
  const result = await work()
  return [result, Math.round(performance.now() - begin) / 1000]
}

/** The heap that is in use, in MiB. */
function heap(): number {
  globalThis.gc?.()
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20)
}
