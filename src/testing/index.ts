/**
 * The conformance kit of backends, and help for the tests of apps.
 *
 * @module koa-session-model/testing
 */

import { deleteRules } from './delete-rules.js'
import { iterationRules } from './iteration-rules.js'
import { lastSeenRules } from './last-seen-rules.js'
import { readRules } from './read-rules.js'
import type { BackendFixture, BackendRule, TestRunner } from './runner.js'
import { valueRules } from './value-rules.js'
import { writeRules } from './write-rules.js'

export { cookieFor } from './cookie-for.js'
export type { BackendFixture, BackendRule, TestColumns, TestRunner } from './runner.js'
export { type ResponseWithCookies, sessionOf } from './session-of.js'

/** All rules of the backend contract. {@link testBackend} runs them; use them one by one if your test runner needs it. */
export const backendRules: readonly BackendRule[] = [
  ...readRules,
  ...iterationRules,
  ...writeRules,
  ...deleteRules,
  ...valueRules,
  ...lastSeenRules,
]

/**
 * Defines tests of a backend against the contract in your test runner. The backend needs a table of its own with the
 * columns of {@link TestColumns}: every rule begins by deleting all rows. A broken rule fails its test with an
 * `AssertionError`.
 *
 * @param runner The functions of your test runner.
 * @param name The name of the backend in the titles of the tests.
 * @param open Opens the backend, once, before the tests.
 * @see docs/write-a-backend.md
 *
 * @example
 * ```ts
 * import { MemorySessionBackend } from 'koa-session-model'
 * import { testBackend } from 'koa-session-model/testing'
 * import { after, before, describe, it } from 'mocha'
 *
 * testBackend({ describe, it, before, after }, 'memory', async () => ({
 *   backend: new MemorySessionBackend({ userId: null as number | null, label: null as string | null }),
 *   close: async () => {},
 * }))
 * ```
 */
export function testBackend(runner: TestRunner, name: string, open: () => Promise<BackendFixture>): void {
  runner.describe(`the backend contract: ${name}`, () => {
    let fixture: BackendFixture
    runner.before(async () => {
      fixture = await open()
    })
    runner.after(async () => fixture?.close())
    for (const rule of backendRules) {
      runner.it(rule.title, async () => {
        await fixture.backend.deleteAll()
        await rule.check(fixture.backend)
      })
    }
  })
}
