import type { Model, ModelStatic, Sequelize, WhereOptions } from 'sequelize'
import type { Attribute } from './column-types.js'

/** What is used of Sequelize's query generator, which it has no types for. */
export interface QueryGenerator {
  /** The SQL for a value of a column. What the driver gets is passed to `bindParam`, which gives its place. */
  format(value: unknown, attribute: Attribute, options: object, bindParam: (value: unknown) => string): string
  /** The SQL for a value that is part of the statement. */
  escape(value: unknown): string
  /** The SQL for a condition, with its values. */
  whereItemsQuery(where: WhereOptions, options: object): string
  quoteIdentifier(name: string): string
  quoteTable(table: unknown): string
}

/** The instance of a model that Sequelize has initialized. */
export function instanceOf(model: ModelStatic<Model>): Sequelize {
  return model.sequelize as Sequelize
}

export function generatorOf(model: ModelStatic<Model>): QueryGenerator {
  const { queryGenerator } = instanceOf(model).getQueryInterface() as unknown as { queryGenerator: QueryGenerator }
  return queryGenerator
}
