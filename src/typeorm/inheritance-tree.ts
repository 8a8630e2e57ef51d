/** The class and its superclasses: where TypeORM looks for columns. */
export function inheritanceTree(model: object): object[] {
  const tree: object[] = []
  for (let next = model; next && next !== Function.prototype; next = Object.getPrototypeOf(next)) tree.push(next)
  return tree
}
