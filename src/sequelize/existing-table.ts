import type { Model, ModelStatic, SyncOptions } from 'sequelize'
import { SessionError } from '../core/errors.js'
import type { SessionTable } from '../model/session-table.js'
import { type Attribute, columnTraits } from './column-types.js'
import { instanceOf } from './query-generator.js'

type Found = Readonly<Record<string, { readonly type: string }>>

/**
 * Makes `sync` check a table that exists, which it leaves as it is without `alter`, so that requests would fail. It then
 * throws `COLUMN_MISSING` for columns that the table lacks, and `COLUMN_TYPE` for a key that cannot hold an id.
 */
export function checkBeforeSync(model: ModelStatic<Model>, table: SessionTable): void {
  model.addHook('beforeSync', async (options: SyncOptions) => {
    const found = options.force ? undefined : await describe(model, options)
    if (!found) return
    const fieldOf = (property: string): string => model.getAttributes()[property]?.field ?? property
    const missing = table.properties.filter((property) => !(fieldOf(property) in found))
    if (missing.length > 0 && !options.alter) throw missingColumns(model, missing.map(fieldOf))
    for (const property of missing) if (property in found) await addColumn(model, property, fieldOf(property), options)
    const key = fieldOf(table.id)
    const { primaryKey, type } = model.getAttributes()[table.id] as Attribute
    if (found[key] && primaryKey && !holdsIds(found[key].type, columnTraits({ type }).characters))
      throw noId(model, key)
  })
}

/** Whether a key of this type holds the ids of the model, or hashes of ids. */
function holdsIds(type: string, characters: number | null): boolean {
  if (/^(tiny|small|medium|big)?(int|serial)|^(uuid|numeric|decimal|double|real|float|date|time)/i.test(type))
    return false
  const length = /\((\d+)\)/.exec(type)?.[1]
  return length === undefined || Number(length) >= Math.min(characters ?? hashLength, hashLength)
}

/** The length of a hashed id, in characters. */
const hashLength = 64

async function describe(model: ModelStatic<Model>, options: SyncOptions): Promise<Found | undefined> {
  const database = instanceOf(model).getQueryInterface()
  const table = model.getTableName() as string
  return (await database.tableExists(table, options as never)) ? database.describeTable(table, options) : undefined
}

/** Adds a column. Sequelize itself would not, if another column has the name of its property. */
async function addColumn(
  model: ModelStatic<Model>,
  property: string,
  field: string,
  options: SyncOptions,
): Promise<void> {
  const attribute = model.getAttributes()[property] as Attribute
  await instanceOf(model)
    .getQueryInterface()
    .addColumn(model.getTableName() as string, field, attribute as never, options)
}

function missingColumns(model: ModelStatic<Model>, names: readonly string[]): SessionError {
  return new SessionError(
    'COLUMN_MISSING',
    `The table of the model ${model.name} exists, and lacks the column${names.length > 1 ? 's' : ''} ${names.join(', ')}. ` +
      'sync() adds none: use sync({ alter: true }), or a migration (docs/migrations.md).',
  )
}

function noId(model: ModelStatic<Model>, key: string): SessionError {
  return new SessionError(
    'COLUMN_TYPE',
    `The primary key '${key}' of the table of the model ${model.name} cannot hold a session's id, and sync() changes no key. ` +
      `Declare the key under another property, with { field: '${key}' }, and rename our column: @SessionModel({ columns: { id: 'session_id' } }).`,
  )
}
