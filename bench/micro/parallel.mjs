import { postgresLoads } from './one.mjs'
import { rateEach } from './timing.mjs'

/** Loads per second on PostgreSQL, with 64 and with 256 under way at a time. */
export default async function parallel({ rounds, milliseconds }) {
  const { table, functions, close } = await postgresLoads('bench_micro_parallel')
  table.silence()
  const result = {}
  for (const count of [64, 256]) result[count] = await rateEach(functions, { rounds, milliseconds, parallel: count })
  await close()
  return result
}
