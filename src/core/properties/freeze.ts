import type { Imprint } from './object-snapshot.js'

/** Freezes the value and what is in it, but only what its imprint names. */
export function freezeWithin(value: object, imprint: Imprint): void {
  const { nodes } = imprint
  for (const node of imprint.isUnchanged ? nodes : reachable(value, nodes)) Object.freeze(node)
}

function reachable(value: object, nodes: ReadonlySet<object>): Set<object> {
  const reached = new Set<object>()
  const reach = (item: unknown): void => {
    if (nodes.has(item as object)) reached.add(item as object)
  }
  reach(value)
  // What is added is visited too.
  for (const node of reached) for (const item of Object.values(node)) reach(item)
  return reached
}
