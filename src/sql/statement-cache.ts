import type { Write } from './write.js'

/** How many statements are kept: requests that change many columns in all combinations have no end of shapes. */
const mostKept = 100

/** Statements that are made once for each shape of writes. */
export class StatementCache<Statement> {
  readonly #make: (example: Write) => Statement
  readonly #kept = new Map<string, Statement>()

  constructor(make: (example: Write) => Statement) {
    this.#make = make
  }

  /** The statement for writes of this one's shape. */
  for(write: Write): Statement {
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
