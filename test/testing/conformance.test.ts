import { expect } from 'chai'
import { MemorySessionBackend, type SessionBackend } from 'koa-session-model'
import { backendRules, type TestColumns, testBackend } from 'koa-session-model/testing'
import { faultyBackends } from './faulty-backends.js'
import { faultyIteration } from './faulty-iteration.js'

/** Runs the kit with a runner of its own, and gives the titles of the rules that were broken. */
async function brokenRules(backend: SessionBackend<TestColumns>): Promise<string[]> {
  const steps: { title?: string; body: () => Promise<void> }[] = []
  const broken: string[] = []
  const runner = {
    describe: (_: string, body: () => void) => body(),
    before: (body: () => Promise<void>) => steps.unshift({ body }),
    after: (body: () => Promise<void>) => steps.push({ body }),
    it: (title: string, body: () => Promise<void>) => steps.push({ title, body }),
  }
  testBackend(runner, 'tested', async () => ({ backend, close: async () => {} }))
  for (const { title, body } of steps) await body().catch((error: unknown) => broken.push(title ?? String(error)))
  return broken
}

describe('the conformance kit', () => {
  it('finds nothing wrong with the reference', async () => {
    const columns: TestColumns = { userId: null, label: null }
    expect(await brokenRules(new MemorySessionBackend(columns))).to.deep.equal([])
    expect(backendRules).to.have.length.above(20)
  })

  for (const [fault, Backend] of Object.entries({ ...faultyBackends, ...faultyIteration })) {
    it(`catches a backend that ${fault}`, async () => {
      expect(await brokenRules(new Backend())).not.to.deep.equal([])
    })
  }
})
