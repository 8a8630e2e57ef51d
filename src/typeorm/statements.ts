import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { FindStatement } from '../sql/find-statement.js'
import { RowWriter } from '../sql/row-writer.js'
import { TypeOrmTable } from './sql-table.js'

/** The statements for one metadata of the entity. A data source that is initialized again has another one. */
export interface Statements {
  readonly metadata: EntityMetadata
  readonly table: SessionTable
  /** `undefined` if only TypeORM's own statements can be used. */
  readonly find: FindStatement<QueryRunner> | undefined
  readonly writer: RowWriter<QueryRunner>
}

/** Prepares the statements for the entity as the data source has it now. */
export function statementsFor(source: DataSource, entity: Constructor, table: SessionTable): Statements {
  const sqlTable = new TypeOrmTable(source, entity, table)
  const find = sqlTable.isPlain ? new FindStatement(sqlTable, table) : undefined
  return { metadata: source.getMetadata(entity), table, find, writer: new RowWriter(sqlTable, table) }
}
