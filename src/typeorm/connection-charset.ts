import type { DataSource } from 'typeorm'
import { assertWideConnection } from '../model/charsets.js'
import { isMysql } from './column-types.js'

/** The options of a data source on MySQL or MariaDB that are used. */
interface Connection {
  readonly charset?: unknown
  readonly extra?: { readonly charset?: unknown }
  readonly replication?: { readonly master?: { readonly charset?: unknown } }
}

/** Throws `OPTION_INVALID` if the connection of the data source cannot carry every text: MySQL's `utf8` has no emoji. */
export function assertWideConnections({ options }: DataSource): void {
  if (!isMysql(options.type)) return
  const { charset, extra, replication } = options as Connection
  for (const given of [charset, extra?.charset, replication?.master?.charset]) assertWideConnection(given)
}
