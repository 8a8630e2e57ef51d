import { type ColumnOptions, FindOperator, getMetadataArgsStorage, type ValueTransformer } from 'typeorm'
import type { Constructor } from '../model/metadata.js'

/** Marks what registration adds to TypeORM's record of decorators, to tell it from what the model declares itself. */
const addedKey: unique symbol = Symbol.for('koa-session-model.added') as never

/** What TypeORM records for a decorator. */
interface DecoratorArgs {
  readonly target: unknown
  readonly [addedKey]?: true
}

/** Whether a record is not the model's own, but was added when the model was registered. */
export function isAdded(args: DecoratorArgs): boolean {
  return args[addedKey] === true
}

/**
 * Adds a column to the class. TypeORM gives an entity the columns of its superclasses too, and takes the first of those
 * with one property name: so the column goes before those that were added to superclasses.
 */
export function addColumn(target: Constructor, propertyName: string, options: ColumnOptions): void {
  insertColumn(target, { target, propertyName, mode: 'regular', options, [addedKey]: true })
}

/** Adds an index to the class. A registered subclass had its own until now, and has this one from now on. */
export function addIndex(target: Constructor, propertyName: string, unique: boolean): void {
  const storage = getMetadataArgsStorage()
  const subclasses: unknown[] = registeredSubclasses(target)
  const isRepeated = (index: DecoratorArgs & { columns?: unknown }) =>
    isAdded(index) && subclasses.includes(index.target) && String(index.columns) === propertyName
  const indices = storage.indices.filter((index) => !isRepeated(index))
  Object.assign(storage, { indices: [...indices, { target, columns: [propertyName], unique, [addedKey]: true }] })
}

/**
 * Keeps session models apart of which one extends the other: a column that was added only to the superclass is hidden
 * in the subclass, whichever was registered first.
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

/** A column that TypeORM neither creates nor reads nor writes. */
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

/** The class and its superclasses: where TypeORM looks for columns. */
export function inheritanceTree(model: object): object[] {
  const tree: object[] = []
  for (let next = model; next && next !== Function.prototype; next = Object.getPrototypeOf(next)) tree.push(next)
  return tree
}

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
