import { createHash } from 'node:crypto'
import type { Model, ModelStatic, SyncOptions } from 'sequelize'
import type { ModelOptions } from './declared-columns.js'
import { instanceOf } from './query-generator.js'

/** An index as Sequelize takes it. */
export type Index = NonNullable<ModelOptions['indexes']>[number]

/** A model with its indexes, which `sync` compares by name with those of the table. */
type Indexed = ModelStatic<Model> & { readonly _indexes: readonly Index[] }

/** The members of an index of the database that are used. */
interface FoundIndex {
  readonly name: string
  readonly unique?: boolean
  readonly primary?: boolean
  readonly fields: readonly { readonly attribute?: string }[]
}

/** The prefix of the names of our indexes until the table is known. */
const unnamed = 'koa-session-model:'

/** Makes an index of ours on one column. */
export function indexOn(column: string, unique = false): Index {
  return { name: unnamed + column, fields: [column], ...(unique && { unique }) }
}

/**
 * Gives our indexes short names that no other table has, even if index names are unique in a schema (PostgreSQL) or in the
 * whole database (SQLite). If the table has such an index already, under any name, `sync` adds none.
 */
export function nameIndexes(model: ModelStatic<Model>): void {
  const { _indexes: indexes } = model as Indexed
  for (const index of indexes.filter(({ name }) => name?.startsWith(unnamed))) {
    const [column] = index.fields as [string]
    const name = indexName(model.getTableName(), column)
    index.name = name
    model.addHook('beforeSync', async (options: SyncOptions) => {
      index.name = (options.force ? undefined : await findIndex(model, index, options)) ?? name
    })
  }
}

function indexName(table: unknown, column: string): string {
  const hash = createHash('sha256').update(JSON.stringify([table, column]))
  return `session_${hash.digest('hex').slice(0, 24)}`
}

/** The name of an index of the table that serves the same purpose. */
async function findIndex(
  model: ModelStatic<Model>,
  { name, fields, unique = false }: Index,
  options: SyncOptions,
): Promise<string | undefined> {
  const database = instanceOf(model).getQueryInterface()
  const table = model.getTableName() as never
  if (!(await database.tableExists(table, options as never))) return undefined
  const found = (await database.showIndex(table, options)) as readonly FoundIndex[]
  const isSame = (index: FoundIndex): boolean =>
    !index.primary &&
    !index.name.startsWith('sqlite_') && // of a constraint, which an alteration makes anew
    index.fields[0]?.attribute === fields?.[0] &&
    (!unique || (index.unique === true && index.fields.length === 1))
  const same = found.filter(isSame)
  return same.some((index) => index.name === name) ? name : same[0]?.name
}
