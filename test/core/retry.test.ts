import { expect } from 'chai'
import { retry } from '../../src/core/retry.js'
import { expectError } from '../support/errors.js'

describe('retrying', () => {
  it('ends with the first success', async () => {
    let runs = 0
    await retry(async () => ++runs === 3)
    expect(runs).to.equal(3)
  })

  it('gives up after a bounded number of tries', async () => {
    let runs = 0
    const error = await expectError('CONFLICT', () =>
      retry(async () => {
        runs++
        return false
      }),
    )
    expect(runs).to.equal(30)
    expect(error.status).to.equal(503)
  })

  it('lets errors through at once', async () => {
    const failure = new Error('broken')
    const caught = await retry(() => Promise.reject(failure)).catch((error: unknown) => error)
    expect(caught).to.equal(failure)
  })
})
