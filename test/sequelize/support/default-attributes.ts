import { DataTypes, literal, type ModelAttributeColumnOptions, Sequelize } from 'sequelize'
import type { SequelizeDatabase } from '../../support/sequelize-rows.js'

export type Attributes = Readonly<Record<string, ModelAttributeColumnOptions>>

const json = { a: 1, b: ['x', null], c: { d: "it's" } }
const date = new Date('2020-01-31T10:20:30.123Z')

const common: Attributes = {
  int: { type: DataTypes.INTEGER, defaultValue: 7 },
  int_text: { type: DataTypes.INTEGER, defaultValue: '07' },
  int_literal: { type: DataTypes.INTEGER, defaultValue: literal('7') },
  int_function: { type: DataTypes.INTEGER, defaultValue: () => 7 },
  smallint: { type: DataTypes.SMALLINT, defaultValue: 1 },
  bigint: { type: DataTypes.BIGINT, defaultValue: 0 },
  decimal: { type: DataTypes.DECIMAL(10, 2), defaultValue: 0 },
  decimal_half: { type: DataTypes.DECIMAL(10, 2), defaultValue: '1.5' },
  decimal_plain: { type: DataTypes.DECIMAL, defaultValue: 2 },
  float: { type: DataTypes.FLOAT, defaultValue: 0.5 },
  float_tenth: { type: DataTypes.FLOAT, defaultValue: 0.1 },
  real: { type: DataTypes.REAL, defaultValue: 0.5 },
  real_tenth: { type: DataTypes.REAL, defaultValue: 0.1 },
  double: { type: DataTypes.DOUBLE, defaultValue: 0.1 },
  boolean: { type: DataTypes.BOOLEAN, defaultValue: false },
  boolean_yes: { type: DataTypes.BOOLEAN, defaultValue: true },
  string: { type: DataTypes.STRING, defaultValue: '' },
  string_quote: { type: DataTypes.STRING(20), defaultValue: "it's" },
  string_literal: { type: DataTypes.STRING(20), defaultValue: literal("'dark'") },
  char: { type: DataTypes.CHAR(5), defaultValue: 'ab' },
  uuid: { type: DataTypes.UUID, defaultValue: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' },
  uuid_v4: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV4 },
  uuid_v1: { type: DataTypes.UUID, defaultValue: DataTypes.UUIDV1 },
  enum: { type: DataTypes.ENUM('a', 'b'), defaultValue: 'a' },
  date: { type: DataTypes.DATE, defaultValue: date },
  date_precise: { type: DataTypes.DATE(3), defaultValue: date },
  date_function: { type: DataTypes.DATE, defaultValue: () => new Date() },
  date_now: { type: DataTypes.DATE, defaultValue: DataTypes.NOW },
  date_now_precise: { type: DataTypes.DATE(6), defaultValue: DataTypes.NOW },
  date_current: { type: DataTypes.DATE, defaultValue: literal('CURRENT_TIMESTAMP') },
  dateonly: { type: DataTypes.DATEONLY, defaultValue: '2020-01-31' },
  dateonly_now: { type: DataTypes.DATEONLY, defaultValue: DataTypes.NOW },
  time: { type: DataTypes.TIME, defaultValue: '10:20:30' },
  nothing: { type: DataTypes.INTEGER, defaultValue: null },
  nothing_plain: { type: DataTypes.INTEGER },
  getter: {
    type: DataTypes.STRING,
    defaultValue: 'ab',
    get(this: { getDataValue(name: string): string }) {
      return this.getDataValue('getter')?.toUpperCase()
    },
  },
}

const tiny: Attributes = {
  tinyint: { type: DataTypes.TINYINT, defaultValue: 1 },
}

const texts: Attributes = {
  text: { type: DataTypes.TEXT, defaultValue: 'dark' },
  blob: { type: DataTypes.BLOB, defaultValue: () => Buffer.from([0, 255]) },
}

const jsons: Attributes = {
  json: { type: DataTypes.JSON, defaultValue: json },
  json_list: { type: DataTypes.JSON, defaultValue: [] },
  json_function: { type: DataTypes.JSON, defaultValue: () => ({}) },
  json_text: { type: DataTypes.JSON, defaultValue: () => 'dark' },
}

const postgres: Attributes = {
  jsonb: { type: DataTypes.JSONB, defaultValue: json },
  jsonb_function: { type: DataTypes.JSONB, defaultValue: () => [] },
  jsonb_literal: { type: DataTypes.JSONB, defaultValue: literal(`'{"a":1}'::jsonb`) },
  array: { type: DataTypes.ARRAY(DataTypes.TEXT), defaultValue: [] },
  array_items: { type: DataTypes.ARRAY(DataTypes.STRING), defaultValue: ['a', 'b c'] },
  array_numbers: { type: DataTypes.ARRAY(DataTypes.DECIMAL(10, 2)), defaultValue: [1, 2.5] },
  array_enum: { type: DataTypes.ARRAY(DataTypes.ENUM('a', 'b')), defaultValue: ['a'] },
  inet: { type: DataTypes.INET, defaultValue: '10.0.0.1' },
  cidr: { type: DataTypes.CIDR, defaultValue: '10.0.0.0/8' },
  macaddr: { type: DataTypes.MACADDR, defaultValue: '08:00:2B:01:02:03' },
  uuid_random: { type: DataTypes.UUID, defaultValue: literal('gen_random_uuid()') },
  date_fn: { type: DataTypes.DATE, defaultValue: Sequelize.fn('now') },
}

/** Attributes of each type with defaults of each kind, all known before a row is stored. */
export function defaultAttributes({ server }: SequelizeDatabase): Attributes {
  if (server === 'postgres') return { ...common, ...texts, ...jsons, ...postgres }
  return { ...common, ...tiny, ...texts, ...jsons }
}
