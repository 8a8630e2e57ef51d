import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, type DataSourceOptions } from 'typeorm'
import { servers } from '../../../support/databases.js'
import { typeormDatabases } from '../../../support/typeorm-rows.js'
import type { FailingDatabase, OpenFailing } from './databases.js'

/** TypeORM on each server. */
export const typeormFailing: readonly FailingDatabase[] = typeormDatabases.flatMap(({ name, server }) =>
  server ? [{ name, server, open: (options) => open(server, options) }] : [],
)

/** A data source with one connection, and no table yet. */
export function failingDataSource(
  server: keyof typeof servers,
  { port, acquire }: Omit<OpenFailing, 'table'>,
): DataSource {
  const at = { ...servers[server], ...(port !== undefined && { port }) }
  const type = server === 'postgres' ? { type: 'postgres', connectTimeoutMS: acquire } : { type: 'mariadb' }
  return new DataSource({ ...type, ...at, poolSize: 1 } as DataSourceOptions)
}

async function open(server: keyof typeof servers, options: OpenFailing) {
  const { exists = false } = options
  @SessionModel({ tableName: options.table })
  class FailingSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  const dataSource = failingDataSource(server, options)
  const model = registerSessionModel(dataSource, FailingSession)
  await dataSource.initialize()
  if (!exists) {
    const runner = dataSource.createQueryRunner()
    await runner.dropTable(options.table, true)
    await runner.release()
    await dataSource.synchronize()
  }
  return {
    backend: model[sessionBackend](),
    query: (sql: string) => dataSource.query(sql),
    hold: async () => {
      const runner = dataSource.createQueryRunner('master')
      await runner.connect()
      return () => runner.release()
    },
    close: () => dataSource.destroy(),
  }
}
