import type { Write } from './write.js'

/** The number of statements that are kept. Requests that change columns in ever new combinations make ever new shapes. */
const mostKept = 100

/** Statements that are made once for each shape of writes. */
export class StatementCache<Prepared> {
  readonly #make: (example: Write) => Prepared
  readonly #kept = new Map<string, Prepared>()

  constructor(make: (example: Write) => Prepared) {
    this.#make = make
  }

  /** The statement for writes of the same shape as this one. */
  for(write: Write): Prepared {
    const { shape } = write
    let statement = this.#kept.get(shape)
    if (statement === undefined) {
      statement = this.#make(write)
      if (this.#kept.size >= mostKept) this.#kept.clear()
      this.#kept.set(shape, statement)
    }
    return statement
  }
}
