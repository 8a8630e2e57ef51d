/** What is asked of a request; Koa's context fits. */
export interface RequestFacts {
  readonly path: string
  readonly method: string
  /** The address that the request came from. */
  readonly ip: string
  /** The value of a header, or an empty string. */
  get(name: string): string
}
