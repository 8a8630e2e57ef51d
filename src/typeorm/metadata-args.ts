import { type ColumnOptions, FindOperator, getMetadataArgsStorage, type ValueTransformer } from 'typeorm'
import type { Constructor } from '../model/metadata.js'

/** The key that marks records which registration has added, to tell them from those of the model's own decorators. */
const addedKey: unique symbol = Symbol.for('koa-session-model.added') as never

/** A record of TypeORM for one decorator. */
interface DecoratorArgs {
  readonly target: unknown
  readonly [addedKey]?: true
}

/** Whether registration has added the record: the model did not declare it. */
export function isAdded(args: DecoratorArgs): boolean {
  return args[addedKey] === true
}

/**
 * Adds a column to the class. TypeORM gives an entity the columns of its superclasses too, and uses the first one of each
 * property name. So the column goes before those that were added to superclasses.
 */
export function addColumn(target: Constructor, propertyName: string, options: ColumnOptions): void {
  insertColumn(target, { target, propertyName, mode: 'regular', options, [addedKey]: true })
}

/** Adds an index to the class, and to subclasses that were registered before, whose own index it replaces. */
export function addIndex(target: Constructor, propertyName: string, unique: boolean): void {
  const storage = getMetadataArgsStorage()
  const subclasses: unknown[] = registeredSubclasses(target)
  const isRepeated = (index: DecoratorArgs & { columns?: unknown }) =>
    isAdded(index) && subclasses.includes(index.target) && String(index.columns) === propertyName
  const indices = storage.indices.filter((index) => !isRepeated(index))
  Object.assign(storage, { indices: [...indices, { target, columns: [propertyName], unique, [addedKey]: true }] })
}

/**
 * Hides columns that were added only to a session model's superclass, so that the two models can be registered in either
 * order.
 */
export function hideInheritedColumns(target: Constructor): void {
  for (const superclass of inheritanceTree(target).slice(1)) hideColumns(target, superclass)
  for (const subclass of registeredSubclasses(target)) hideColumns(subclass, target)
}

function hideColumns(target: Constructor, superclass: object): void {
  const { columns } = getMetadataArgsStorage()
  const tree = inheritanceTree(target)
  const nearer: unknown[] = tree.slice(0, tree.indexOf(superclass))
  const isOverridden = (name: string) =>
    columns.some((args) => nearer.includes(args.target) && args.propertyName === name)
  const inherited = columns.filter((args) => isAdded(args) && args.target === superclass && args.mode === 'regular')
  for (const { propertyName } of inherited)
    if (!isOverridden(propertyName)) insertColumn(target, hidden(target, propertyName))
}

type ColumnArgs = ReturnType<typeof getMetadataArgsStorage>['columns'][number] & DecoratorArgs

/** The record of a column that TypeORM neither creates, reads nor writes. */
function hidden(target: Constructor, propertyName: string): ColumnArgs {
  const options = { type: 'varchar', select: false, query: () => 'NULL' } as const
  return { target, propertyName, mode: 'virtual-property', options, [addedKey]: true }
}

function insertColumn(target: Constructor, args: ColumnArgs): void {
  const { columns } = getMetadataArgsStorage()
  const superclasses: unknown[] = inheritanceTree(target).slice(1)
  const index = columns.findIndex((other) => isAdded(other) && superclasses.includes(other.target))
  columns.splice(index < 0 ? columns.length : index, 0, args)
}

function registeredSubclasses(target: Constructor): Constructor[] {
  const added = getMetadataArgsStorage().columns.filter(isAdded)
  const targets = new Set(added.map((args) => args.target))
  return [...targets].filter((other): other is Constructor => inheritanceTree(other as object).indexOf(target) > 0)
}

/** The class and its superclasses, in which TypeORM looks for columns. */
export function inheritanceTree(model: object): object[] {
  const tree: object[] = []
  for (let next = model; next && next !== Function.prototype; next = Object.getPrototypeOf(next)) tree.push(next)
  return tree
}

/**
 * Lets the operators of a condition, such as `expired`, bypass the transformers of the model's own columns: TypeORM 0.3
 * passes operators to a transformer as if they were values.
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
