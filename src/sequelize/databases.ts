import type { Sequelize } from 'sequelize'
import { assertDatabase } from '../model/databases.js'

/** The dialects of the databases that sessions can be kept in. */
const supported = ['sqlite', 'postgres', 'mariadb', 'mysql'] as const

/** Throws `DATABASE_UNSUPPORTED` for an instance whose database cannot keep sessions. */
export function assertDialect(sequelize: Sequelize): void {
  assertDatabase(sequelize.getDialect(), supported)
}
