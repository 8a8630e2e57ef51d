import { expect } from 'chai'
import { TimeLimit } from '../../../src/core/concurrency/deadline.js'
import { retry } from '../../../src/core/concurrency/retry.js'
import { expectError } from '../../support/errors.js'

const noLimit = new TimeLimit(60_000)

describe('retrying', () => {
  it('ends with the first success', async () => {
    let runs = 0
    await retry(async () => ++runs === 3, noLimit.begin())
    expect(runs).to.equal(3)
  })

  it('gives up after a bounded number of tries', async () => {
    let runs = 0
    const error = await expectError('CONFLICT', () =>
      retry(async () => {
        runs++
        return false
      }, noLimit.begin()),
    )
    expect(runs).to.equal(30)
    expect(error.status).to.equal(503)
  })

  it('lets errors through at once', async () => {
    const failure = new Error('broken')
    const caught = await retry(() => Promise.reject(failure), noLimit.begin()).catch((error: unknown) => error)
    expect(caught).to.equal(failure)
  })
})
