import { literal, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import type { IdPage, LivingRows, RowFilter } from '../core/backend/session-backend.js'
import { type ComparedColumn, comparedValue } from '../model/compared-value.js'
import { bytesIn, type CollatingDatabase, utf8 } from '../model/exact-text.js'
import type { SessionTable } from '../model/session-table.js'
import { type Attribute, isMysql, toDataType } from './column-types.js'
import { generatorOf, instanceOf } from './query-generator.js'

/** The `where` of Sequelize for a filter. */
export function whereOf(model: ModelStatic<Model>, filter: RowFilter, idProperty: string): WhereOptions {
  const conditions = Object.entries(filter).map(([name, value]) =>
    value === null ? { [name]: null } : isOneOf(model, name === 'id' ? idProperty : name, [value]),
  )
  return { [Op.and]: conditions }
}

/**
 * The condition that a column has exactly one of these values. Text is compared by its bytes, since collations find
 * different texts equal.
 */
export function isOneOf(model: ModelStatic<Model>, property: string, values: readonly unknown[]): WhereOptions {
  const attribute = model.getAttributes()[property] as Attribute
  const database = collatingDatabase(instanceOf(model).getDialect())
  const compared = comparedColumn(property, attribute, database)
  const prepared = values.map((value) => comparedValue(compared, value))
  const rough = { [property]: prepared.length === 1 ? prepared[0] : prepared } as WhereOptions
  const texts = prepared.filter((value) => typeof value === 'string')
  if (!compared.text || !database || texts.length === 0 || texts.length < prepared.length) return rough
  const generator = generatorOf(model)
  const list = texts.map((text) => generator.escape(utf8(text))).join()
  const column = generator.quoteIdentifier(attribute.field ?? property)
  return { ...rough, [Op.and]: [literal(bytesIn(database, column, list))] }
}

function comparedColumn(
  property: string,
  { type }: Attribute,
  database: CollatingDatabase | undefined,
): ComparedColumn {
  const { key, options } = toDataType(type)
  const isBytes = options?.binary === true && database !== 'mysql'
  return {
    property,
    text: /CHAR|STRING|TEXT|CLOB|ENUM/i.test(key) && !isBytes,
    fixedWidth: /^(N?CHAR|CHARACTER|BPCHAR)\b/i.test(key) && database !== 'sqlite',
    numbers: numbersIn(key),
    boolean: /^TINYINT/i.test(key),
  }
}

function numbersIn(key: string): ComparedColumn['numbers'] {
  if (/^(TINY|SMALL|MEDIUM|BIG)?INT(EGER|\d)?\b/i.test(key)) return 'whole'
  return /^(FLOAT|DEC|NUM|DOUBLE|REAL)/i.test(key) ? 'all' : undefined
}

function collatingDatabase(dialect: string): CollatingDatabase | undefined {
  if (isMysql(dialect)) return 'mysql'
  return dialect === 'postgres' || dialect === 'sqlite' ? dialect : undefined
}

/** The condition for rows that are expired at `now` (`true`), or for living ones: a `where` of Sequelize. */
export function expiryCondition(table: SessionTable, expired: boolean, now: Date): WhereOptions {
  return { [table.expires]: { [expired ? Op.lte : Op.gt]: table.moment(now) } }
}

/** The `where` for rows of living sessions, or for those of a page, that also meet `matching`. */
export function livingWhere(
  matching: WhereOptions,
  table: SessionTable,
  { now, createdAfter, after = null }: LivingRows & Partial<IdPage>,
): WhereOptions {
  const { id, createdAt } = table
  const conditions = [matching, expiryCondition(table, false, now), { [id]: { [Op.notLike]: '~%' } }]
  if (createdAfter && createdAt !== undefined)
    conditions.push({ [createdAt]: { [Op.or]: [{ [Op.gt]: table.moment(createdAfter, 'createdAt') }, null] } } as never)
  if (after !== null) conditions.push({ [id]: { [Op.gt]: after } })
  return { [Op.and]: conditions }
}

/** The `where`, and one more condition in SQL, if there is one. */
export function withCondition(where: WhereOptions, condition: string | undefined): WhereOptions {
  if (condition === undefined) return where
  const { [Op.and]: others = [] } = where as { [Op.and]?: readonly unknown[] }
  return { ...where, [Op.and]: [...others, literal(condition)] } as WhereOptions
}

/** The condition that Sequelize adds to its finds and updates if the model soft-deletes; `undefined` if it does not. */
export function notSoftDeleted(model: ModelStatic<Model>): WhereOptions | undefined {
  const { paranoid, timestamps, deletedAt } = model.options
  if (!paranoid || !timestamps) return undefined
  const property = typeof deletedAt === 'string' ? deletedAt : 'deletedAt'
  const { defaultValue, field } = model.getAttributes()[property] as Attribute
  return { [field ?? property]: defaultValue || { [Op.eq]: null } } as WhereOptions
}
