import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm'

/** The migration that `migration:generate` writes: what the schema builder would do, forth and back. */
export async function generateMigration(dataSource: DataSource): Promise<new () => MigrationInterface> {
  const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log()
  return class Generated1700000000000 implements MigrationInterface {
    name = 'Generated1700000000000'

    async up(runner: QueryRunner): Promise<void> {
      for (const { query, parameters } of upQueries) await runner.query(query, parameters)
    }

    async down(runner: QueryRunner): Promise<void> {
      for (const { query, parameters } of downQueries.toReversed()) await runner.query(query, parameters)
    }
  }
}

/** Lets the data source know these migrations, and no others. */
export function useMigrations(dataSource: DataSource, migrations: readonly (new () => MigrationInterface)[]): void {
  Object.assign(dataSource, { migrations: migrations.map((Migration) => new Migration()) })
}
