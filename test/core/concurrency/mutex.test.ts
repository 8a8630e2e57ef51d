import { setImmediate as soon } from 'node:timers/promises'
import { expect } from 'chai'
import { TimeLimit } from '../../../src/core/concurrency/deadline.js'
import { KeyedMutex } from '../../../src/core/concurrency/mutex.js'
import { latch } from '../../koa/support/latch.js'

const noLimit = new TimeLimit(60_000)

describe('those who write to one row', () => {
  it('go one after the other, also when a function of the application takes too long', async () => {
    const turns = new KeyedMutex()
    const begun: number[] = []
    const [second, first, rest] = [latch(), latch(), latch()]
    const take = (number: number, until: Promise<void>, begins?: () => void): Promise<void> =>
      turns.take('row', noLimit.begin(), (_, turn) => {
        turn.isInApplication = true
        begun.push(number)
        begins?.()
        return until
      })
    const all = [take(1, first.promise), take(2, rest.promise, second.open), take(3, rest.promise)]
    await second.promise // after a second
    await soon()
    expect(begun).to.deep.equal([1, 2])
    rest.open()
    await Promise.all(all.slice(1))
    expect(begun).to.deep.equal([1, 2, 3])
    first.open()
    await all[0]
  })

  it('tell who waited, and go on after a failure', async () => {
    const turns = new KeyedMutex()
    const fail = turns.take('row', noLimit.begin(), async () => {
      throw new Error('failed')
    })
    const after = turns.take('row', noLimit.begin(), async (waited) => waited)
    expect(await fail.catch((error: Error) => error.message)).to.equal('failed')
    expect(await after).to.equal(true)
    expect(await turns.take('row', noLimit.begin(), async (waited) => waited)).to.equal(false)
  })
})
