import type { DataSource } from 'typeorm'
import { assertDatabase } from '../model/databases.js'

/** The types of data sources that sessions can be kept in. `docs/databases.md` tells which of them are tested. */
const supported = [
  'better-sqlite3',
  'sqlite',
  'sqljs',
  'postgres',
  'mariadb',
  'mysql',
  'cockroachdb',
  'capacitor',
  'cordova',
  'expo',
  'nativescript',
  'react-native',
] as const

/** Throws `DATABASE_UNSUPPORTED` for a data source whose database cannot keep sessions. */
export function assertDataSource({ options }: DataSource): void {
  assertDatabase(options.type, supported)
}
