import { expect } from 'chai'
import type { BackendFailure } from 'koa-session-model'
import { insertMakingRoom } from '../../src/sql/make-room.js'
import { inTurn } from '../../src/sql/row-writer.js'

const failureOf = (error: unknown): BackendFailure => (error as Error).message as BackendFailure
const throwing = (failure: BackendFailure) => () => Promise.reject(new Error(failure))

async function rejection(work: Promise<unknown>): Promise<BackendFailure | undefined> {
  try {
    await work
    return undefined
  } catch (error) {
    return failureOf(error)
  }
}

describe('an insert that makes room', () => {
  it('does not, unless the database has refused it', async () => {
    for (const failure of ['conflict', 'timeout', 'unavailable', 'uncertain'] as const) {
      const room = () => expect.fail('made room')
      expect(await rejection(insertMakingRoom(throwing(failure), room, failureOf))).to.equal(failure)
    }
  })

  it('tells why it could not, if another try may mend that', async () => {
    for (const failure of ['conflict', 'timeout', 'unavailable', 'uncertain'] as const) {
      expect(await rejection(insertMakingRoom(throwing('failed'), throwing(failure), failureOf))).to.equal(failure)
    }
    expect(await rejection(insertMakingRoom(throwing('failed'), throwing('failed'), failureOf))).to.equal('failed')
  })

  it('tells of a failure of the second insert', async () => {
    const results: BackendFailure[] = ['failed', 'conflict']
    const insert = () => Promise.reject(new Error(results.shift()))
    expect(await rejection(insertMakingRoom(insert, async () => 1, failureOf))).to.equal('conflict')
  })
})

describe('writes one after the other', () => {
  const until = (failure: BackendFailure) => async (row: number) => {
    if (row === 2) throw new Error(failure)
    return row !== 1
  }

  it('fail as a whole where nothing was written yet', async () => {
    expect(await rejection(inTurn([2, 3], until('conflict'), failureOf))).to.equal('conflict')
  })

  it('tell which rows were not tried after a harmless failure, and reject otherwise', async () => {
    expect(await inTurn([0, 1, 2, 3], until('conflict'), failureOf)).to.deep.equal([true, false, null, null])
    for (const failure of ['uncertain', 'failed'] as const)
      expect(await rejection(inTurn([0, 2], until(failure), failureOf))).to.equal(failure)
  })
})
