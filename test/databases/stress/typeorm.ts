import { SessionModel, type SessionRow } from 'koa-session-model'
import { registerSessionModel, TypeOrmSessionBackend } from 'koa-session-model/typeorm'
import { Column, DataSource, type DataSourceOptions } from 'typeorm'
import { partitioning, partitioningOfMariadb } from '../../support/partitions.js'
import { typeormDatabases } from '../../support/typeorm-rows.js'
import { type Database, mostRows, type Opened, type Place } from './database.js'

/** TypeORM on each database. */
export const typeorm: readonly Database[] = typeormDatabases.map(({ connection, ...database }) => ({
  ...database,
  open: (place) => open(place, connection(place)),
}))

/** Processes that share an SQLite file need a log of writes, and patience. */
export function shared(options: DataSourceOptions): DataSourceOptions {
  return options.type === 'better-sqlite3' ? { ...options, enableWAL: true, timeout: 10_000 } : options
}

const divide = (type: string): typeof partitioning => (type === 'postgres' ? partitioning : partitioningOfMariadb)

async function open(
  { table, create, partitions, statementComment }: Place,
  options: DataSourceOptions,
): Promise<Opened> {
  @SessionModel({ tableName: table, ...(statementComment && { statementComment }) })
  class StressSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @Column({ type: 'varchar', length: 200, nullable: true }) label!: string | null
    @Column({ type: 'integer', default: 0 }) points!: number
  }
  const dataSource = new DataSource(shared(options))
  const model = registerSessionModel(dataSource, StressSession)
  await dataSource.initialize()
  if (create) {
    await dataSource.createQueryRunner().dropTable(table, true)
    await dataSource.synchronize()
    for (const sql of partitions ? divide(options.type)(table, partitions) : []) await dataSource.query(sql)
  }
  const rows = (): Promise<readonly SessionRow[]> =>
    new TypeOrmSessionBackend(dataSource, model).list({}, new Date(), mostRows)
  return { model, rows, close: () => dataSource.destroy() }
}
