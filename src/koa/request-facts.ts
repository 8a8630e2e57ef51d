import type { RequestFacts } from '../core/options/exclude.js'
import type { KoaContext } from './context.js'

/**
 * The facts of a request that options can ask for. `path` is the path in this app: a mounted app has another. It is a
 * class, since V8 makes a hidden class for every object literal with a getter, and collects those late.
 */
export class KoaRequestFacts implements RequestFacts {
  readonly path: string
  readonly method: string
  /** Returns a request header. Bound, so that it can be taken off the object. */
  readonly get = (name: string): string => this.#ctx.get(name)
  readonly #ctx: KoaContext

  constructor(ctx: KoaContext) {
    this.#ctx = ctx
    this.path = ctx.path
    this.method = ctx.method
  }

  get ip(): string {
    return this.#ctx.ip
  }
}
