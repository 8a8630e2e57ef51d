import type { RequestFacts } from '../core/options/exclude.js'
import type { KoaContext } from './context.js'

/**
 * What options ask of a request to Koa, with the path that it has here: a mounted app has another. A class, since V8 makes
 * a hidden class for every object literal that has a getter, and collects those late.
 */
export class KoaRequestFacts implements RequestFacts {
  readonly path: string
  readonly method: string
  /** Also for those who take it off the object. */
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
