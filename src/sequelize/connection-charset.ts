import type { Sequelize } from 'sequelize'
import { assertWideConnection } from '../model/charsets.js'
import { isMysql } from './column-types.js'

/** The options of an instance on MySQL or MariaDB that are used. */
interface Connection {
  readonly dialectOptions?: { readonly charset?: unknown }
}

/** Throws `OPTION_INVALID` if the connection of the instance cannot carry every text: MySQL's `utf8` has no emoji. */
export function assertWideConnections(sequelize: Sequelize): void {
  if (!isMysql(sequelize.getDialect())) return
  const { dialectOptions } = (sequelize as unknown as { readonly options: Connection }).options
  assertWideConnection(dialectOptions?.charset)
}
