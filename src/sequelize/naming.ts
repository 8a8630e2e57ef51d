import { type NameRule, namesOn, without } from '../model/names.js'
import { type Dialect, isMysql } from './column-types.js'

/** The rules for names of columns. Sequelize looks for its own syntax in them. */
export function columnNameRules(dialect: Dialect): readonly NameRule[] {
  return [
    ...rulesFor(dialect),
    without(/[()]/, 'Sequelize takes parentheses for SQL'),
    (name) => (name in Object.prototype ? 'Sequelize finds it in every object' : undefined),
  ]
}

/** The rules for the name of a column by which rows are ordered. */
export const orderedNameRules: readonly NameRule[] = [
  without(/\./, 'where Sequelize puts rows in order, it takes what is before a dot for a table'),
]

/** The rules for the name of a table. */
export function tableNameRules(dialect: Dialect): readonly NameRule[] {
  return [
    ...rulesFor(dialect),
    without(/\./, 'Sequelize takes what is before a dot for a schema'),
    without(/'/, "it has the quote ' that Sequelize puts around texts"),
    without(/\n/, 'it has a line break'),
  ]
}

function rulesFor(dialect: Dialect): readonly NameRule[] {
  return [
    ...namesOn(isMysql(dialect) ? 'mysql' : dialect === 'postgres' ? 'postgres' : 'other'),
    without(/(^|\W)\$[$\w]|^\$.*\$$/, 'Sequelize takes a dollar sign for a parameter'),
    without(/^\*$/, 'Sequelize takes it for all columns'),
  ]
}
