import { DataTypes, type Model, type ModelStatic } from 'sequelize'
import { momentOfPostgresText } from '../model/moment-text.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { instanceOf } from './query-generator.js'

/** The dates that a find reads as text: PostgreSQL makes that text anyway, and the driver parses it slowly. */
export class MomentTexts {
  readonly #properties: readonly string[]

  constructor(model: ModelStatic<Model>, { dates }: SessionTable) {
    const attributes = model.getAttributes()
    const isPostgres = instanceOf(model).getDialect() === 'postgres'
    // A getter of the application takes what the driver gives.
    const isText = (property: string): boolean => {
      const attribute = attributes[property]
      return attribute?.type instanceof DataTypes.DATE && attribute.get === undefined
    }
    this.#properties = isPostgres ? dates.filter(isText) : []
  }

  has(property: string): boolean {
    return this.#properties.includes(property)
  }

  /** Replaces the texts in a row that was found. */
  read(record: RowRecord): RowRecord {
    for (const property of this.#properties) {
      const value = record[property]
      if (typeof value === 'string') record[property] = momentOfPostgresText(value)
    }
    return record
  }
}
