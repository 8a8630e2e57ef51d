import { expect } from 'chai'
import {
  type BackendFailure,
  type FailureReason,
  MemorySessionBackend,
  SessionManager,
  type SessionPolicy,
} from 'koa-session-model'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null }
type Method = 'find' | 'insert' | 'update' | 'touch' | 'delete' | 'list' | 'deleteWhere' | 'deleteAll' | 'deleteExpired'

class DatabaseError extends Error {
  readonly failure: BackendFailure

  constructor(failure: BackendFailure) {
    super(`the database says ${failure}`)
    this.failure = failure
  }
}

/** A database that fails as it is told to. */
class FailingBackend extends MemorySessionBackend<Columns> {
  /** How often each method was called. */
  readonly calls: Partial<Record<Method, number>> = {}
  readonly #failures = new Map<Method, { readonly failure: BackendFailure; readonly isDone: boolean; left: number }>()

  constructor() {
    super({ userId: null })
    const methods: Method[] = ['find', 'insert', 'update', 'touch', 'delete', 'list', 'deleteWhere', 'deleteAll']
    for (const name of [...methods, 'deleteExpired' as const]) {
      const call = (this[name] as (...given: unknown[]) => Promise<unknown>).bind(this)
      Object.assign(this, { [name]: (...given: unknown[]) => this.#run(name, () => call(...given)) })
    }
  }

  failureOf(error: unknown): BackendFailure {
    return error instanceof DatabaseError ? error.failure : 'failed'
  }

  /** The next `times` calls fail; with `isDone` after they were executed. */
  fail(name: Method, failure: BackendFailure, times = 1, isDone = false): void {
    this.calls[name] = 0
    this.#failures.set(name, { failure, isDone, left: times })
  }

  async #run<T>(name: Method, call: () => Promise<T>): Promise<T> {
    this.calls[name] = (this.calls[name] ?? 0) + 1
    const planned = this.#failures.get(name)
    if (!planned || planned.left-- <= 0) return call()
    if (planned.isDone) await call()
    throw new DatabaseError(planned.failure)
  }
}

function setUp(options: SessionPolicy<Columns> = {}) {
  const backend = new FailingBackend()
  const clock = new Clock()
  const manager = new SessionManager<Columns>({ backend, cleanup: false, now: clock.now, ...options })
  const errors: unknown[] = []
  manager.on('error', ({ error }) => void errors.push(error))
  return { backend, manager, errors, clock }
}

async function stored(manager: SessionManager<Columns>, userId: number) {
  const session = await openSession(manager)
  session.properties.set('userId', userId)
  await session.commit()
  return session.id
}

describe('what the database answers with "try again"', () => {
  it('is tried again, for every statement, and is no error', async () => {
    const { backend, manager, errors, clock } = setUp({ touchAfter: 0 })
    backend.fail('insert', 'conflict', 3)
    const id = await stored(manager, 1)
    expect(backend.calls.insert).to.equal(4)
    backend.fail('find', 'conflict', 3)
    const session = await openSession(manager, id)
    backend.fail('update', 'conflict', 3)
    session.properties.set('userId', 2)
    await session.commit()
    clock.pass(60)
    backend.fail('touch', 'conflict', 3)
    await (await openSession(manager, id)).commit()
    expect(backend.calls.touch).to.equal(4)
    backend.fail('list', 'conflict', 3)
    expect(await manager.list({ userId: 2 })).to.have.length(1)
    backend.fail('deleteWhere', 'conflict', 3)
    expect(await manager.revoke({ userId: 2 })).to.equal(1)
    const next = await stored(manager, 3)
    backend.fail('delete', 'conflict', 3)
    await manager.delete(next)
    expect(await manager.get(next)).to.equal(undefined)
    backend.fail('deleteExpired', 'conflict', 3)
    await manager.deleteExpired()
    backend.fail('deleteAll', 'conflict', 3)
    await manager.deleteAll()
    expect(errors).to.deep.equal([])
  })

  it('is an error after thirty tries', async () => {
    const { backend, manager, errors } = setUp()
    const id = await stored(manager, 1)
    backend.fail('find', 'conflict', 100)
    const error = await expectError('CONFLICT', () => openSession(manager, id))
    expect(error.cause).to.be.instanceOf(DatabaseError)
    expect(backend.calls.find).to.equal(30)
    expect(errors).to.deep.equal([error])
  })

  it('is tried once more where the database has waited for a lock', async () => {
    const { backend, manager } = setUp()
    const id = await stored(manager, 1)
    backend.fail('find', 'timeout')
    expect((await openSession(manager, id)).isNew).to.equal(false)
    backend.fail('find', 'timeout', 2)
    await expectError('BACKEND_TIMEOUT', () => openSession(manager, id))
    expect(backend.calls.find).to.equal(2)
  })

  it('is tried a few times where there was no connection', async () => {
    const { backend, manager } = setUp()
    backend.fail('insert', 'unavailable', 2)
    const id = await stored(manager, 1)
    backend.fail('find', 'unavailable', 100)
    await expectError('BACKEND_FAILED', () => openSession(manager, id))
    expect(backend.calls.find).to.equal(6)
  })

  it('is not tried many times more by those who try again what others did first', async () => {
    const { backend, manager, errors } = setUp({ limit: { by: 'userId', max: 1 } })
    backend.fail('insert', 'unavailable', 1000)
    await expectError('BACKEND_FAILED', () => manager.set('a', { userId: null }))
    expect(backend.calls.insert).to.equal(6)
    await expectError('BACKEND_FAILED', () => stored(manager, 1))
    expect(backend.calls.insert).to.equal(12)
    expect(errors).to.have.length(2)
  })

  it('is an error at once where it means something else', async () => {
    const { backend, manager } = setUp()
    backend.fail('find', 'failed')
    await expectError('BACKEND_FAILED', () => manager.get('a'))
    expect(backend.calls.find).to.equal(1)
  })
})

describe('a statement whose answer was lost', () => {
  it('is sent again where that does no harm', async () => {
    const { backend, manager } = setUp()
    const id = await stored(manager, 1)
    for (const method of ['find', 'delete'] as const) {
      backend.fail(method, 'uncertain', 1, true)
      if (method === 'find') expect((await openSession(manager, id)).isNew).to.equal(false)
      else await (await openSession(manager, id)).destroy()
      expect(backend.calls[method], method).to.be.greaterThan(1)
    }
    expect(await manager.get(id)).to.equal(undefined)
  })

  for (const isDone of [true, false]) {
    it(`is looked up where it is a write, and sent again only if it was not executed (it ${isDone ? 'was' : 'was not'})`, async () => {
      const { backend, manager } = setUp()
      const outcomes: Record<string, () => Promise<unknown>> = {
        insert: () => stored(manager, 7),
        update: async () => {
          const session = await openSession(manager, await stored(manager, 1))
          backend.fail('update', 'uncertain', 1, isDone)
          session.properties.set('userId', 2)
          session.properties.set('note', 'x')
          await session.commit()
          expect(await manager.get(session.id)).to.include({ userId: 2, note: 'x' })
        },
        rotate: async () => {
          const session = await openSession(manager, await stored(manager, 1))
          backend.fail('update', 'uncertain', 1, isDone)
          await session.regenerate()
          session.properties.set('userId', 3)
          await session.commit()
          expect(await manager.get(session.id)).to.include({ userId: 3 })
        },
        counter: async () => {
          const session = await openSession(manager, await stored(manager, 10))
          const update = () =>
            session.update(() => session.properties.set('userId', Number(session.properties.get('userId')) + 1))
          backend.fail('update', 'uncertain', 1, isDone)
          await update()
          expect(await manager.get(session.id)).to.include({ userId: 11 })
        },
      }
      for (const [name, act] of Object.entries(outcomes)) {
        if (name === 'insert') backend.fail('insert', 'uncertain', 1, isDone)
        await act()
        expect(backend.calls[name === 'insert' ? 'insert' : 'update'], name).to.equal(isDone ? 1 : 2)
      }
    })
  }

  it('is not taken for executed where another request has written: it is merged with that', async () => {
    const { backend, manager } = setUp()
    const id = await stored(manager, 1)
    const session = await openSession(manager, id)
    session.properties.set('note', 'mine')
    backend.fail('update', 'uncertain')
    const committing = session.commit()
    const other = await openSession(manager, id)
    other.properties.set('userId', 2)
    await other.commit()
    await committing
    expect(await manager.get(id)).to.include({ note: 'mine', userId: 2 })
  })
})

describe('a renewal that fails', () => {
  for (const failure of ['conflict', 'timeout', 'unavailable', 'uncertain'] as const) {
    it(`is no error of a request that reads, where the next one may succeed (${failure})`, async () => {
      const { backend, manager, errors, clock } = setUp({ touchAfter: 0 })
      const session = await openSession(manager, await stored(manager, 1))
      clock.pass(60)
      backend.fail('touch', failure, 100)
      await session.commit()
      expect(errors).to.have.length(1)
      session.touch() // asks for it
      await session.commit().then(
        () => expect.fail('It was asked for.'),
        () => {},
      )
    })
  }

  it('is an error where the database refuses it', async () => {
    const { backend, manager, clock } = setUp({ touchAfter: 0 })
    const session = await openSession(manager, await stored(manager, 1))
    clock.pass(60)
    backend.fail('touch', 'failed')
    await expectError('BACKEND_FAILED', () => session.commit())
  })
})

describe('the reason that a backend gives', () => {
  class ExplainingBackend extends FailingBackend {
    explain(error: unknown): FailureReason | undefined {
      return error instanceof DatabaseError ? { problem: 'It rains.', fix: 'Wait.' } : undefined
    }
  }

  async function failing(failure: BackendFailure, options: SessionPolicy<Columns> = {}) {
    const backend = new ExplainingBackend()
    const manager = new SessionManager<Columns>({ backend, cleanup: false, ...options })
    backend.fail('list', failure, 1000)
    return manager.list({ userId: 1 }).then(
      () => expect.fail(),
      (error: Error) => error,
    )
  }

  it('is in the message, with what is known of the statement', async () => {
    const expected: Partial<Record<BackendFailure, string>> = {
      failed: 'It rains. Wait.',
      timeout: 'It rains. Nothing was stored. Wait.',
      unavailable: 'It rains. Nothing was stored. Wait.',
      uncertain: 'It rains. What was sent may have been stored, or not: repeat the request. Wait.',
    }
    for (const [failure, message] of Object.entries(expected)) {
      const error = await failing(failure as BackendFailure)
      expect(error.message).to.equal(message)
      expect(error.stack).to.match(/^SessionError: It rains\. .*\n {4}at /)
    }
  })

  it('is in the message where the time limit passes meanwhile', async () => {
    const error = await failing('conflict', { timeout: 20 })
    expect(error).to.have.property('code', 'BACKEND_TIMEOUT')
    expect(error.message).to.match(
      /^The session waited 20 ms for .*, which is the option timeout\. .* The database had failed before\. It rains\. Wait\.$/,
    )
    expect(error.cause).to.be.instanceOf(DatabaseError)
  })

  it('is in the error of each request that waited for one statement', async () => {
    const backend = new ExplainingBackend()
    const manager = new SessionManager<Columns>({ backend, cleanup: false })
    backend.fail('find', 'failed', 1000)
    const requests = ['a', 'b', 'c'].map((id) => manager.get(id).catch((error: unknown) => error))
    const errors = (await Promise.all(requests)) as Error[]
    expect(new Set(errors).size).to.equal(3)
    for (const { message, stack } of errors) {
      expect(message).to.equal('It rains. Wait.')
      expect(stack).to.match(/^SessionError: It rains\. Wait\.\n/)
    }
  })
})
