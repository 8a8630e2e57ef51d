import { FindOperator, getMetadataArgsStorage, type ValueTransformer } from 'typeorm'
import { isAdded } from './added.js'
import { inheritanceTree } from './inheritance-tree.js'

/**
 * Keeps the operators of a condition, as `expired` is one, from the transformers of the model's own columns: TypeORM 0.3
 * gives them to a transformer as if they were values.
 */
export function spareOperators(target: object): void {
  const { columns } = getMetadataArgsStorage()
  const tree: unknown[] = inheritanceTree(target)
  for (const [index, args] of columns.entries()) {
    const { transformer } = args.options
    if (!transformer || !tree.includes(args.target) || isAdded(args)) continue
    const sparing = Array.isArray(transformer) ? transformer.map(sparingOperators) : sparingOperators(transformer)
    columns[index] = { ...args, options: { ...args.options, transformer: sparing } }
  }
}

function sparingOperators(transformer: ValueTransformer): ValueTransformer {
  return {
    to: (value: unknown) => (value instanceof FindOperator ? value : transformer.to(value)),
    from: (value: unknown) => transformer.from(value),
  }
}
