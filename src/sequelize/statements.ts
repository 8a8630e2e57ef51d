import type { Model, ModelStatic } from 'sequelize'
import type { SessionColumn } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import type { SessionTable } from '../model/session-table.js'
import { FindStatement } from '../sql/find-statement.js'
import { RowWriter } from '../sql/row-writer.js'
import { SequelizeTable } from './sql-table.js'

/** The statements for one set of columns of a model. */
export interface Statements {
  readonly columns: readonly SessionColumn[]
  /** Sequelize's attributes. It replaces them when columns, validators or setters change. */
  readonly attributes: unknown
  readonly find: FindStatement<Attempt>
  readonly writer: RowWriter<Attempt>
}

/** The statements of a model: `prepared`, unless columns have changed: an association adds a column, or another validator. */
export function statementsOf(
  model: ModelStatic<Model>,
  table: SessionTable,
  prepared: Statements | undefined,
): Statements {
  const { columns } = table
  const { tableAttributes: attributes } = model as unknown as { tableAttributes: unknown }
  if (prepared?.columns === columns && prepared.attributes === attributes) return prepared
  const sqlTable = new SequelizeTable(model, table)
  return { columns, attributes, find: new FindStatement(sqlTable, table), writer: new RowWriter(sqlTable, table) }
}
