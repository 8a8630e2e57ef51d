import { getIndexes } from 'sequelize-typescript'
import { SessionError } from '../core/errors.js'
import { charsetOf, isNarrow } from '../model/charsets.js'
import { metadataOf } from '../model/metadata.js'
import { isMysql } from './column-types.js'
import type { ModelOptions } from './declared-columns.js'
import type { Index } from './indexes.js'
import type { ModelClass } from './types.js'

/**
 * The options of the table that we decide: its name if `@SessionModel()` has one, whether Sequelize keeps dates, its
 * character set, and its indexes, with `needed` among them.
 *
 * @param given The options of the model.
 * @param all The options of the model, completed with the defaults of the instance.
 */
export function tableOptions(
  model: ModelClass,
  given: ModelOptions,
  all: ModelOptions,
  needed: readonly Index[],
): Partial<ModelOptions> {
  const { tableName } = metadataOf(model)
  const charset = isMysql(given.sequelize.getDialect()) ? charsetFor(model, given, all) : {}
  const missing = needed.filter((index) => !all.indexes?.some((other) => serves(other, index)))
  return {
    ...(tableName !== undefined && { tableName }),
    ...charset,
    timestamps: all.timestamps === true,
    indexes: [...(given.indexes ?? []).map((index) => withOwnName(index, model)), ...missing],
  }
}

/**
 * A copy of the index, which Sequelize may complete. It has no name that Sequelize gave it for a base's table: on some
 * databases no two tables can have indexes of one name.
 */
function withOwnName(index: Index, model: ModelClass): Index {
  const copy = { ...index }
  if (getIndexes(model.prototype).unnamed.includes(index)) delete copy.name
  return copy
}

/** Whether the index serves the searches and the uniqueness of `needed`. */
function serves(index: Index, { fields, unique }: Index): boolean {
  const isUnique = index.unique === true || index.type?.toUpperCase() === 'UNIQUE'
  return firstColumn(index) === fields?.[0] && (!unique || (isUnique && index.fields?.length === 1))
}

function firstColumn({ fields }: Index): unknown {
  const [first] = fields ?? []
  return typeof first === 'object' && 'name' in first ? first.name : first
}

/**
 * The character set of the table. Throws `COLUMN_TYPE` if the model has one that cannot hold every text; replaces such a
 * one of the instance.
 */
function charsetFor(model: ModelClass, given: ModelOptions, all: ModelOptions): Partial<ModelOptions> {
  const own = charsetOf(given.charset, given.collate)
  if (isNarrow(own)) throw narrowTable(model, own)
  if (own !== undefined) return {}
  const inherited = charsetOf(all.charset, all.collate)
  return isNarrow(inherited)
    ? { charset: 'utf8mb4', collate: 'utf8mb4_general_ci' }
    : inherited
      ? {}
      : { charset: 'utf8mb4' }
}

function narrowTable({ name }: ModelClass, charset: string): SessionError {
  return new SessionError(
    'COLUMN_TYPE',
    `The table of the model ${name} has the character set ${charset}, which cannot hold every text. Give @Table() the charset utf8mb4.`,
  )
}
