import type { DataSource } from 'typeorm'
import type { ColumnPlan } from '../model/columns.js'
import type { Constructor } from '../model/metadata.js'
import { managedColumnOptions } from './columns.js'
import type { DeclaredEntityColumn } from './declared.js'

/** Gives the managed columns of an entity that was mapped without a database the types of the one it now has. */
export function adaptColumns(
  dataSource: DataSource,
  target: Constructor,
  plan: ColumnPlan<DeclaredEntityColumn>,
): void {
  const metadata = dataSource.getMetadata(target)
  for (const spec of plan.added) {
    const column = metadata.findColumnWithPropertyName(spec.role)
    if (!column) continue
    const { type, charset, collation, transformer } = managedColumnOptions(spec, dataSource.options.type)
    Object.assign(column, { type, charset, collation, transformer })
  }
}
