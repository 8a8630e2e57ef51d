/**
 * The content that JSON would store of an object, at the time when the object was handed out. Comparing it later is much
 * cheaper than serializing the object twice, and happens in every request that reads an object.
 */
export class ObjectSnapshot {
  /** The plain objects and arrays in the object, at any depth. */
  readonly nodes: ReadonlySet<object>
  /** The content of the nodes, one node after the other. */
  readonly #parts: unknown[] = []
  /** Whether the object holds more than nodes and primitive values, such as a date, whose content cannot be compared. */
  #isOpaque = false

  constructor(value: unknown) {
    const nodes = new Set<object>()
    if (isNode(value)) nodes.add(value)
    else this.#isOpaque = true
    // Nodes that are added to the set meanwhile are visited too.
    for (const node of nodes) this.#add(node, nodes)
    this.nodes = nodes
  }

  /** Whether the content of the object is surely unchanged. */
  get isUnchanged(): boolean {
    if (this.#isOpaque) return false
    let at = 0
    for (const node of this.nodes) {
      at = this.#passNode(node, at)
      if (at < 0) return false
    }
    return true
  }

  #add(node: object, nodes: Set<object>): void {
    const parts = this.#parts
    parts.push(Object.getPrototypeOf(node), lengthOf(node))
    for (const key of Object.keys(node)) {
      const item: unknown = node[key as keyof typeof node]
      parts.push(key, item)
      if (isNode(item)) nodes.add(item)
      else if (typeof item === 'function' || (typeof item === 'object' && item !== null)) this.#isOpaque = true
    }
    parts.push(nodes)
  }

  /** The index where the parts of the next node begin; negative if this node, whose parts begin at `at`, has changed. */
  #passNode(node: object, at: number): number {
    const parts = this.#parts
    if (parts[at] !== Object.getPrototypeOf(node) || parts[at + 1] !== lengthOf(node)) return -1
    let next = at + 2
    for (const key of Object.keys(node)) {
      if (parts[next] !== key || !Object.is(parts[next + 1], node[key as keyof typeof node])) return -1
      next += 2
    }
    return parts[next] === this.nodes ? next + 1 : -1
  }
}

/** The length of an array, in which missing items count too; 0 for an object. */
function lengthOf(node: object): number {
  return Array.isArray(node) ? node.length : 0
}

function isNode(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
