import { CliError, inOneLine } from '../cli-error.js'
import { type AnyDataSource, type AnySequelize, isDataSource, type Registry } from './recognize.js'

/** The options of a DataSource by which it would change the database when it is initialized. */
const harmless = { synchronize: false, migrationsRun: false, dropSchema: false, logging: false }

const silent = {
  logQuery(): void {},
  logQueryError(): void {},
  logQuerySlow(): void {},
  logSchemaBuild(): void {},
  logMigration(): void {},
  log(): void {},
}

/** Connects a registry, without a change of the schema and without logs, which would end up among the results. */
export async function openRegistry(registry: Registry): Promise<void> {
  try {
    await (isDataSource(registry) ? openDataSource(registry) : openSequelize(registry))
  } catch (error) {
    throw new CliError(
      `The database cannot be used: ${inOneLine(error)} Check that it runs, and host, user and password in the config.`,
      undefined,
      { cause: error, code: 'DATABASE_UNREACHABLE' },
    )
  }
}

async function openDataSource(source: AnyDataSource): Promise<void> {
  source.logger = silent
  if (source.isInitialized) return
  const given = source.options
  const options = { ...given, ...harmless }
  const driver = source.driver as { options?: unknown }
  if (driver.options === given) driver.options = options
  source.options = options
  await source.initialize()
}

async function openSequelize(sequelize: AnySequelize): Promise<void> {
  sequelize.options.logging = false
  await sequelize.authenticate({ logging: false })
}

/** Closes the connections of a registry. */
export async function closeRegistry(registry: Registry): Promise<void> {
  if (!isDataSource(registry)) await registry.close()
  else if (registry.isInitialized) await registry.destroy()
}
