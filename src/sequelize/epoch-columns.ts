import { DataTypes } from 'sequelize'
import { fromSeconds, toDate, toSeconds } from '../model/dates.js'

/** The members of a data type that Sequelize's query generator uses. */
interface DataType {
  readonly key: string
  /** Whether the result of {@link stringify} is escaped; otherwise it is SQL. */
  readonly escape: boolean
  toSql(): string
  validate(value: unknown): boolean
  stringify(value: unknown): unknown
  bindParam(value: unknown, options: { bindParam(value: unknown): string }): string
  /** Whether setting a property makes its row a changed one. */
  _isChanged(value: unknown, before: unknown): boolean
}

const Abstract = DataTypes.ABSTRACT as unknown as new () => object

const members: DataType = {
  key: 'EPOCH_MILLISECONDS',
  escape: false,
  toSql: () => 'BIGINT',
  validate: (value) => !Number.isNaN(Number(value)),
  stringify: (value) => (value instanceof Date ? value.getTime() : value),
  bindParam: (value, options) => options.bindParam(members.stringify(value)),
  _isChanged: (value, before) => toDate(value).getTime() !== toDate(before).getTime(),
}

/**
 * A data type for a date that a BIGINT column holds as milliseconds since 1970, which no time zone of a process, a
 * connection or a server can change. Dates are converted wherever Sequelize writes a value, in conditions too.
 *
 * It is no subclass: Sequelize's types are proxies that construct the class they stand for, never a derived one.
 */
export function epochMillisecondsType(): DataType {
  return Object.assign(new Abstract(), members)
}

/**
 * A data type for a date that a column of whole numbers holds as seconds since 1970.
 *
 * @param sql The type of the column.
 * @param latest The last moment that the column holds; `null` for no limit.
 */
export function epochSecondsType(sql: string, latest: number | null): DataType {
  const own = {
    ...members,
    key: 'EPOCH_SECONDS',
    latest,
    toSql: () => sql,
    stringify: toSeconds,
    bindParam: (value: unknown, options: { bindParam(value: unknown): string }) => options.bindParam(toSeconds(value)),
    _isChanged: (value: unknown, before: unknown) => secondsOf(value) !== secondsOf(before),
  }
  return Object.assign(new Abstract(), own)
}

function secondsOf(value: unknown): unknown {
  return toSeconds(fromSeconds(value))
}
