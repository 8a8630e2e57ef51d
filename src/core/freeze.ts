/** The plain objects and arrays in a value, however deep. */
export function nodesIn(value: unknown): ReadonlySet<object> {
  const nodes = new Set<object>()
  const add = (item: unknown): void => {
    if (isNode(item)) nodes.add(item)
  }
  add(value)
  // What is added is visited too.
  for (const node of nodes) for (const item of Object.values(node)) add(item)
  return nodes
}

/** Freezes the value and what is in it, but only what is one of `nodes`. */
export function freezeWithin(value: unknown, nodes: ReadonlySet<object>): void {
  const reached = new Set<object>()
  const reach = (item: unknown): void => {
    if (nodes.has(item as object)) reached.add(item as object)
  }
  reach(value)
  for (const node of reached) for (const item of Object.values(node)) reach(item)
  for (const node of reached) Object.freeze(node)
}

function isNode(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
