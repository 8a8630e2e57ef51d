import { type Check, type Finding, failure } from '../check.js'

/** The table and every column of the model are in the database. */
export const table: Check = {
  name: 'table',
  async run({ access, catalog }) {
    if (!catalog.exists) {
      return [
        failure(
          `The table ${access.place.table} of the model ${access.modelName} is not in the database.`,
          'Run your migration, or write one by: koa-session-model ddl',
        ),
      ]
    }
    const names = new Set(catalog.columns.map(({ name }) => name))
    const missing = access.text.columnNames().filter(([, name]) => !names.has(name))
    return missing.map(
      ([property, name]): Finding =>
        failure(
          `The table ${access.place.table} has no column ${name}, which the property ${property} of the model needs.`,
          'Add it by a migration: docs/migrations.md shows one for each ORM.',
        ),
    )
  },
}
