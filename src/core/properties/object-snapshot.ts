/**
 * What JSON stores of an object, as it was when the object was handed out. To compare that later is much cheaper than to
 * serialize the object twice, and is done for every request that reads one.
 */
export class ObjectSnapshot {
  /** The plain objects and arrays in it, however deep. */
  readonly nodes: ReadonlySet<object>
  /** What the nodes held, one after the other. */
  readonly #parts: unknown[] = []
  /** Whether it held more than nodes and primitive values: what a date or an instance of a class holds is not compared. */
  #isOpaque = false

  constructor(value: unknown) {
    const nodes = new Set<object>()
    if (isNode(value)) nodes.add(value)
    else this.#isOpaque = true
    // What is added is visited too.
    for (const node of nodes) this.#add(node, nodes)
    this.nodes = nodes
  }

  /** Whether the object surely holds the same still. */
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

  /** Where the parts of the next node begin; less than zero if this one, whose parts begin at `at`, has changed. */
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

/** Arrays have a length of their own: items that are not there count too. */
function lengthOf(node: object): number {
  return Array.isArray(node) ? node.length : 0
}

function isNode(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
