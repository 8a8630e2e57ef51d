import { afterEach } from 'mocha'
import { DataSource, type DataSourceOptions } from 'typeorm'
import { reachable } from '../../support/matrix.js'
import { type TypeOrmDatabase, typeormDatabases, typeormVersion } from '../../support/typeorm-rows.js'

export const [sqlite] = typeormDatabases

/** The databases that a test runs on where the database matters. */
export const databases: readonly TypeOrmDatabase[] = await reachable(typeormDatabases)

/** The database servers among them: each connection has its own transactions there. */
export const databaseServers = databases.filter(({ server }) => server !== undefined)

/** A table of this test file, which no other run on another TypeORM uses at the same time. */
export function tableName(name: string): string {
  return `typeorm_${name}_v${typeormVersion.replace('.', '_')}`
}

export type Entities = NonNullable<DataSourceOptions['entities']>

const opened: DataSource[] = []
afterEach(async () => {
  for (const dataSource of opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy()
})

/** A data source that creates its tables when it is initialized. It is closed after the test. */
export function newDataSource(
  database: TypeOrmDatabase = sqlite,
  options: Partial<DataSourceOptions> = {},
): DataSource {
  const connection = database.connection({ table: '' })
  return dataSourceOf({ ...connection, synchronize: true, ...options } as DataSourceOptions)
}

/** A data source of exactly these options. It is closed after the test. */
export function dataSourceOf(options: DataSourceOptions): DataSource {
  const dataSource = new DataSource(options)
  opened.push(dataSource)
  return dataSource
}

/** Removes tables that an earlier run has left. */
export async function dropTables(database: TypeOrmDatabase, ...tables: readonly string[]): Promise<void> {
  if (!database.server) return
  const dataSource = await newDataSource(database, { synchronize: false }).initialize()
  const runner = dataSource.createQueryRunner()
  for (const table of tables) await runner.dropTable(table, true, true)
  await runner.release()
  await dataSource.destroy()
}

/** An initialized data source with these entities, whose tables are new. */
export async function openNew(database: TypeOrmDatabase, entities: Entities): Promise<DataSource> {
  const dataSource = newDataSource(database, { entities })
  await createTables(dataSource, database)
  return dataSource
}

/** Initializes the data source, with every table of its entities made anew. */
export async function createTables(dataSource: DataSource, database: TypeOrmDatabase): Promise<void> {
  dataSource.setOptions({ synchronize: false })
  await dataSource.initialize()
  const runner = dataSource.createQueryRunner()
  if (database.server)
    for (const { tableName } of dataSource.entityMetadatas) await runner.dropTable(tableName, true, true)
  await runner.release()
  await dataSource.synchronize()
}

/** The statements that `synchronize()` would run now. */
export async function pendingStatements(dataSource: DataSource): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log()
  return upQueries.map(({ query }) => query)
}
