// Mocha's dots, and after them what a reader must know besides failures: what was left out, and warnings that nobody
// expected. Node.js must run with --no-warnings, or it prints each warning between the dots.
import Mocha from 'mocha'

/** Warnings that tests provoke, or that come of what they test with. */
const expected = [
  /as the test wants it|from a listener|The log is full/,
  /^\[KOA_SESSION_MODEL_/, // of tests without HTTPS
  /^\[(BACKEND_FAILED|BACKEND_TIMEOUT)\]/, // of tests whose database fails
  /^\[DEP0170\] .*sqlite::memory:/, // Sequelize's own example of an address
  /^\[DATA_NOT_SERIALIZABLE\] .*The host stores a session that is no object/, // of hosts that are let do so
  /MockTimers/, // a clock of node:test
  /client\.query\(\) when the client is already executing/, // TypeORM, where it reads what a table has
  /Status message is not supported by HTTP\/2/, // Koa sets one
]

export default class Reporter extends Mocha.reporters.Dot {
  #leftOut = new Map()
  #warnings = new Map()
  #expected = 0

  constructor(runner, options) {
    super(runner, options)
    process.on('warning', (warning) => this.#hear(warning))
    runner.on(Mocha.Runner.constants.EVENT_TEST_PENDING, (test) => count(this.#leftOut, test.title))
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => this.#summarize())
  }

  #hear({ code, name, message }) {
    const text = code ? `[${code}] ${name}: ${message}` : `${name}: ${message}`
    if (expected.some((pattern) => pattern.test(text))) this.#expected++
    else count(this.#warnings, text)
  }

  #summarize() {
    list('left out', this.#leftOut)
    list('warnings that no test expects', this.#warnings)
    if (this.#expected > 0) console.log(`  ${this.#expected} warnings were expected, and are not shown.\n`)
  }
}

function count(counts, text) {
  counts.set(text, (counts.get(text) ?? 0) + 1)
}

function list(title, counts) {
  if (counts.size === 0) return
  console.log(`  ${title}:`)
  for (const [text, times] of counts) console.log(`    ${times === 1 ? '' : `${times} times: `}${text}`)
  console.log()
}
