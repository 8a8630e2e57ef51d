import { deleteRules } from './delete-rules.js'
import { readRules } from './read-rules.js'
import type { BackendFixture, BackendRule, TestRunner } from './runner.js'
import { valueRules } from './value-rules.js'
import { writeRules } from './write-rules.js'

export type { BackendFixture, BackendRule, TestColumns, TestRunner } from './runner.js'

/** Every rule of the backend contract. {@link testBackend} runs them all; take them one by one for a runner of your own. */
export const backendRules: readonly BackendRule[] = [...readRules, ...writeRules, ...deleteRules, ...valueRules]

/**
 * Tests a backend against the contract. It needs a table that only the tests use, with the columns of
 * {@link TestColumns}: every rule begins by deleting all rows.
 *
 * @param runner The functions of your test runner.
 * @param name What the tests are listed under.
 * @param open Opens the backend, once.
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
