import { DataSource, type DataSourceOptions } from 'typeorm'
import { Account } from './accounts/account.js'

/** SQLite in a file; or PostgreSQL, MariaDB or MySQL if `url` names one. */
export function createDataSource(url: string | undefined, file: string): DataSource {
  return new DataSource({ ...place(url, file), entities: [Account], synchronize: true })
}

function place(url: string | undefined, file: string): DataSourceOptions {
  if (url === undefined || url === '') return { type: 'better-sqlite3', database: file }
  const { protocol } = new URL(url)
  if (protocol === 'postgres:' || protocol === 'postgresql:') return { type: 'postgres', url }
  if (protocol === 'mysql:' || protocol === 'mariadb:') {
    return { type: 'mariadb', url: url.replace(/^mariadb:/, 'mysql:'), charset: 'utf8mb4' }
  }
  throw new Error(
    `DATABASE_URL begins with ${protocol}//. Use postgres://, mysql:// or mariadb://, or leave it out for SQLite.`,
  )
}
