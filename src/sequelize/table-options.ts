import { getIndexes } from 'sequelize-typescript'
import { metadataOf } from '../model/metadata.js'
import { isMysql } from './columns.js'
import type { ModelOptions } from './declared.js'
import type { Index } from './indexes.js'
import type { ModelClass } from './types.js'

/**
 * What we decide about the table: its name if `@SessionModel()` was told one, whether Sequelize keeps dates, its
 * character set, and its indexes, with `needed` among them.
 *
 * @param given The options of the model.
 * @param all The same with the defaults of the instance.
 */
export function tableOptions(
  model: ModelClass,
  given: ModelOptions,
  all: ModelOptions,
  needed: readonly Index[],
): Partial<ModelOptions> {
  const { tableName } = metadataOf(model)
  const needsCharset = isMysql(given.sequelize.getDialect()) && !all.charset && !all.collate
  const missing = needed.filter(({ fields }) => !all.indexes?.some((index) => firstColumn(index) === fields?.[0]))
  return {
    ...(tableName !== undefined && { tableName }),
    ...(needsCharset && { charset: 'utf8mb4' }),
    timestamps: all.timestamps === true,
    indexes: [...(given.indexes ?? []).map((index) => withOwnName(index, model)), ...missing],
  }
}

/**
 * A copy, which Sequelize may complete. A name that Sequelize has given it for the table of a base is left out: on some
 * databases no two tables can have indexes of one name.
 */
function withOwnName(index: Index, model: ModelClass): Index {
  const copy = { ...index }
  if (getIndexes(model.prototype).unnamed.includes(index)) delete copy.name
  return copy
}

function firstColumn({ fields }: Index): unknown {
  const [first] = fields ?? []
  return typeof first === 'object' && 'name' in first ? first.name : first
}
