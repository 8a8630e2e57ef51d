import type { Model, ModelStatic, Sequelize, WhereOptions } from 'sequelize'
import type { Attribute } from './column-types.js'

/** The members of Sequelize's query generator that are used and that it has no types for. */
export interface QueryGenerator {
  /** The SQL for a value of a column. `bindParam` gets the parameter for the driver, and returns its place. */
  format(value: unknown, attribute: Attribute, options: object, bindParam: (value: unknown) => string): string
  /** The SQL of a literal value; of a value of a column, if that is given. */
  escape(value: unknown, attribute?: Attribute, options?: object): string
  /** The SQL for a condition, with its values as literals. */
  whereItemsQuery(where: WhereOptions, options: object): string
  quoteIdentifier(name: string): string
  quoteTable(table: unknown): string
}

/** The instance of a model that Sequelize has initialized. */
export function instanceOf(model: ModelStatic<Model>): Sequelize {
  return model.sequelize as Sequelize
}

/** The query generator of the model's instance. */
export function generatorOf(model: ModelStatic<Model>): QueryGenerator {
  const { queryGenerator } = instanceOf(model).getQueryInterface() as unknown as { queryGenerator: QueryGenerator }
  return queryGenerator
}
