import { type AnyDataSource, type AnySequelize, isDataSource } from '../../load/recognize.js'
import { numberOf } from '../../row-counts.js'
import { type Check, type Finding, failure, warning } from '../check.js'

/** The pool has connections for sessions beside transactions, and fits into the server. */
export const pool: Check = {
  name: 'pool size',
  databases: ['postgres', 'mysql'],
  async run({ access }) {
    const sql =
      access.text.database === 'postgres'
        ? "SELECT current_setting('max_connections') AS most"
        : 'SELECT @@max_connections AS most'
    const [row] = await access.ask(sql)
    return judgePool(poolSize(access.registry as AnyDataSource | AnySequelize), numberOf(row?.most))
  },
}

/** What the size of a pool means on a server that takes `most` connections. */
export function judgePool(size: number, most: number): Finding[] {
  if (size < 2) {
    return [
      warning(
        `The pool has ${size} connection: a request that saves its session inside of a transaction waits for itself.`,
        'Give the pool at least 5 connections.',
      ),
    ]
  }
  if (size < most) return []
  return [
    failure(
      `The pool of one process may open ${size} connections, and the server takes ${most} in all.`,
      'Make the pool smaller, so that all processes together stay below max_connections; docs/scaling.md has the arithmetic.',
    ),
  ]
}

/** The most connections of the pool, or the default of the driver. */
function poolSize(registry: AnyDataSource | AnySequelize): number {
  if (!isDataSource(registry)) return registry.options.pool?.max ?? 5
  const { poolSize, extra } = registry.options as {
    poolSize?: number
    extra?: { max?: number; connectionLimit?: number }
  }
  return poolSize ?? extra?.max ?? extra?.connectionLimit ?? 10
}
