import { expect } from 'chai'
import { isLong, seed } from './sizes.js'

/** Counts what became of the cases: a kind that never came up has proved nothing. */
export class Tally {
  readonly #title: string
  readonly #started = Date.now()
  readonly #counts = new Map<string, number>()

  constructor(title: string) {
    this.#title = title
  }

  count(name: string, by = 1): void {
    this.#counts.set(name, this.of(name) + by)
  }

  of(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  /** Expects that each of these came up, and prints all counts in the long form. */
  close(...names: readonly string[]): void {
    const counts = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))
    const seconds = ((Date.now() - this.#started) / 1000).toFixed(1)
    if (isLong) {
      console.log(`\n${this.#title}: ${seconds} s, seed ${seed}`)
      for (const [name, count] of counts) console.log(`  ${String(count).padStart(7)} ${name}`)
    }
    for (const name of names) expect(this.of(name), `${name}, with the seed ${seed}`).to.be.greaterThan(0)
  }
}
