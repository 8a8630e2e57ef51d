import { once } from 'node:events'
import { expect } from 'chai'
import {
  type BackendFailure,
  type ExpiredRow,
  type FailureReason,
  MemorySessionBackend,
  type PassedRows,
  SessionError,
  type SessionEvents,
  SessionManager,
} from 'koa-session-model'
import { expectError } from '../../support/errors.js'

const now = Date.parse('2026-03-14T15:09:26Z')
const batch = 8

/** Refuses the statement that would remove one of some rows, as a database does, and counts the statements. */
class Refusing extends MemorySessionBackend {
  readonly poison = new Set<string>()
  /** Are not removed, without an error. */
  readonly kept = new Set<string>()
  failure: BackendFailure | undefined
  error: Error = new Error('a foreign key, as the test wants it')
  isDown = false
  statements = 0

  failureOf(): BackendFailure {
    return this.failure ?? 'failed'
  }

  explain(): FailureReason {
    return { problem: 'A foreign key forbids it.', fix: '' }
  }

  override findExpired(at: Date, limit: number, passed: PassedRows): Promise<readonly ExpiredRow[]> {
    this.statements++
    return this.isDown ? Promise.reject(this.error) : super.findExpired(at, limit, passed)
  }

  override async deleteExpired(at: Date, ids: readonly string[]): Promise<number> {
    this.statements++
    if (this.isDown || ids.some((id) => this.poison.has(id))) throw this.error
    return super.deleteExpired(
      at,
      ids.filter((id) => !this.kept.has(id)),
    )
  }
}

/** The rows are expired, in the order of their numbers, or all at the same moment. */
async function setUp(count: number, { isSame = false, size = batch } = {}) {
  const backend = new Refusing()
  const rows = Array.from({ length: count }, (_, number) => ({
    id: `row ${number}`,
    data: '{}',
    expires: new Date(isSame ? 0 : number),
    createdAt: null,
    version: 1,
    columns: {},
  }))
  await backend.insert(rows)
  const manager = new SessionManager({ backend, now: () => now, cleanup: { batch: size } })
  const errors: SessionEvents['error'][] = []
  manager.on('error', (event) => void errors.push(event))
  const left = async () => (await backend.list({}, new Date(-1), count)).map(({ id }) => id)
  const sweep = async (): Promise<number> => {
    backend.statements = 0
    return manager.deleteExpired()
  }
  return { backend, manager, errors, left, sweep }
}

const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `row ${from + index}`)

describe('the removal of expired rows of which the database refuses some', () => {
  it('takes two statements a batch where none is refused', async () => {
    const { backend, sweep } = await setUp(20)
    expect(await sweep()).to.equal(20)
    expect(backend.statements).to.equal(6)
  })

  for (const isSame of [false, true]) {
    for (const poison of [[0], [7], [8], [19], [0, 1, 2, 3], [3, 4, 11, 19]]) {
      it(`removes all others: ${poison.join(', ')} of 20${isSame ? ', which expire at the same moment' : ''}`, async () => {
        const { backend, errors, left, sweep } = await setUp(20, { isSame })
        for (const number of poison) backend.poison.add(`row ${number}`)
        expect(await sweep()).to.equal(20 - poison.length)
        expect(await left()).to.have.members([...backend.poison])
        expect(errors).to.have.length(poison.length)
      })
    }

    it(`goes past batches of which all rows are refused${isSame ? ', at the same moment' : ''}`, async () => {
      const { backend, left, sweep } = await setUp(50, { isSame })
      for (const id of numbered(0, 40)) backend.poison.add(id)
      expect(await sweep()).to.equal(10)
      expect(await left()).to.have.members(numbered(0, 40))
    })

    it(`goes past rows that stay without an error, and tells of them${isSame ? ', at the same moment' : ''}`, async () => {
      const { backend, errors, left, sweep } = await setUp(50, { isSame })
      for (const id of numbered(0, 40)) backend.kept.add(id)
      expect(await sweep()).to.equal(10)
      expect(await left()).to.have.members(numbered(0, 40))
      expect(errors).to.have.length(40)
    })
  }

  it('passes few rows that another process has removed, however many there are of one moment', async () => {
    const { backend, left, sweep } = await setUp(4000, { isSame: true, size: 100 })
    const find = backend.findExpired.bind(backend)
    let most = 0
    let calls = 0
    backend.findExpired = async (at, limit, passed) => {
      most = Math.max(most, passed.except.length)
      const found = await find(at, limit, passed)
      // A batch that has vanished is looked for once more; the next one is left to this process.
      if (calls++ % 3 === 0) await backend.delete(found.map(({ id }) => id))
      return found
    }
    expect(await sweep()).to.equal(2000)
    expect(await left()).to.deep.equal([])
    expect(most).to.be.within(1, 1000)
  })

  it('ends where a replica shows rows that were removed long ago, and goes on the next time', async () => {
    const { backend, sweep } = await setUp(300, { isSame: true, size: 100 })
    const find = backend.findExpired.bind(backend)
    const rows = await find(new Date(), 300, { from: null, except: [] })
    await backend.deleteAll()
    let asked = 0
    backend.findExpired = async (_at, limit, { except }) => {
      asked++
      const known = new Set(except)
      const others = rows.filter(({ id }) => !known.has(id))
      return (others.length > 0 ? others : rows).slice(0, limit)
    }
    expect(await sweep()).to.equal(0)
    expect(asked).to.be.at.most(101)
  })

  it('finds the one that is to blame by halves', async () => {
    const { backend, sweep } = await setUp(batch - 1)
    backend.poison.add('row 5')
    expect(await sweep()).to.equal(batch - 2)
    expect(backend.statements).to.be.at.most(2 + 1 + 2 * Math.log2(batch))
  })

  it('tells of each once, by the name that events have for it', async () => {
    const { backend, manager, errors, sweep } = await setUp(20)
    backend.poison.add('row 5')
    for (const removed of [19, 0, 0, 0]) expect(await sweep()).to.equal(removed)
    expect(errors).to.have.length(1)
    const [{ error, session }] = errors as [SessionEvents['error']]
    await expectError('BACKEND_FAILED', () => Promise.reject(error))
    expect((error as Error).cause).to.equal(backend.error)
    expect(session).to.be.a('string').with.length(16)
    manager.close()
  })

  it('tries them again with one statement each, and forgets those that are gone', async () => {
    const { backend, errors, sweep, left } = await setUp(20)
    backend.poison.add('row 5').add('row 6')
    await sweep()
    await sweep()
    expect(backend.statements).to.equal(3)
    backend.poison.clear()
    expect(await sweep()).to.equal(2)
    expect(await left()).to.deep.equal([])
    expect(errors).to.have.length(2)
  })

  it('tells of a hundred at the most, and says so', async () => {
    const { backend, errors, sweep } = await setUp(150)
    for (const id of numbered(0, 150)) backend.poison.add(id)
    await sweep()
    await sweep()
    expect(errors).to.have.length(100)
    expect(String(errors[99]?.error)).to.include('No others are told of')
  })

  it('stops after a thousand refused rows, and goes on behind them the next time, until it begins anew', async () => {
    const { backend, sweep, left } = await setUp(1210, { size: 200 })
    for (const id of numbered(0, 1200)) backend.poison.add(id)
    expect(await sweep()).to.equal(0)
    expect(await sweep()).to.equal(10)
    backend.poison.delete('row 3')
    expect(await sweep()).to.equal(1)
    expect(await left()).to.not.include('row 3')
  })

  it('waits for no more than ten locks', async () => {
    const { backend, sweep } = await setUp(40)
    backend.failure = 'timeout'
    for (const id of numbered(0, 40)) backend.poison.add(id)
    await sweep()
    expect(backend.statements).to.be.below(20)
  })

  it('goes past a row that somebody has locked', async () => {
    const { backend, sweep, left } = await setUp(20)
    backend.failure = 'timeout'
    backend.poison.add('row 5')
    expect(await sweep()).to.equal(19)
    expect(await left()).to.deep.equal(['row 5'])
  })

  for (const failure of ['unavailable', 'uncertain'] as const) {
    it(`blames no row for what is no refusal: ${failure}`, async () => {
      const { backend, manager, errors } = await setUp(20)
      backend.poison.add('row 5')
      backend.failure = failure
      await manager.deleteExpired().catch(() => {})
      expect(errors.filter(({ session }) => session !== null)).to.deep.equal([])
    })
  }

  it('goes past a row that others are in the way of each time, and removes the rest', async () => {
    const { backend, manager, errors, left } = await setUp(5)
    backend.poison.add('row 3')
    backend.failure = 'conflict'
    expect(await manager.deleteExpired()).to.equal(4)
    expect(await left()).to.deep.equal(['row 3'])
    expect(errors.filter(({ session }) => session !== null)).to.have.length(1)
  })

  it('blames no row where the database goes away in between', async () => {
    const { backend, manager, errors } = await setUp(20)
    const remove = backend.deleteExpired.bind(backend)
    backend.deleteExpired = (at, ids) => {
      backend.isDown = true
      return remove(at, ids)
    }
    await expectError('BACKEND_FAILED', () => manager.deleteExpired())
    expect(errors.map(({ session }) => session)).to.deep.equal([null])
  })

  it('tells what it has removed before the database went away', async () => {
    const { backend, manager } = await setUp(20)
    const counts: number[] = []
    manager.on('expired', ({ count }) => void counts.push(count))
    const find = backend.findExpired.bind(backend)
    let finds = 0
    backend.findExpired = (...call) => {
      backend.isDown = ++finds > 2
      return find(...call)
    }
    await expectError('BACKEND_FAILED', () => manager.deleteExpired())
    expect(counts).to.deep.equal([2 * batch])
  })

  for (const code of ['CONFLICT', 'BACKEND_TIMEOUT']) {
    it(`goes past a row that was waited for in vain: ${code}`, async () => {
      const { backend, sweep, left } = await setUp(20)
      backend.error = Object.assign(new SessionError('CONFLICT', 'as the test wants it'), { code })
      backend.poison.add('row 5')
      expect(await sweep()).to.equal(19)
      expect(await left()).to.deep.equal(['row 5'])
    })
  }

  it('is told of by a warning, if nobody listens', async () => {
    const { backend } = await setUp(3)
    const manager = new SessionManager({ backend, now: () => now, cleanup: false })
    backend.poison.add('row 1')
    const warned = once(process, 'warning')
    expect(await manager.deleteExpired()).to.equal(2)
    const [{ code, message }] = await warned
    expect(code).to.equal('BACKEND_FAILED')
    expect(message).to.match(
      /^The database does not remove the row of an expired session\. A foreign key forbids it\. Nobody can/,
    )
  })

  it('is no matter of errors of our own, which no row is to blame for', async () => {
    const { backend, manager } = await setUp(20)
    backend.error = new SessionError('TRANSACTION_OPEN', 'as the test wants it')
    backend.poison.add('row 5')
    await expectError('TRANSACTION_OPEN', () => manager.deleteExpired())
  })
})
