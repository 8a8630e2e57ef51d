import { inspect } from 'node:util'
import { expect } from 'chai'
import { type ListedSession, MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null; seenAt: Date | null }

const auditKey = 'only for these tests, 32 letters'

function setUp(options: SessionPolicy = {}) {
  const clock = new Clock()
  const backend = new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null, seenAt: null }))
  const manager = managerOn(backend, { now: clock.now, ...options })
  return { clock, backend, manager }
}

function managerOn(backend: WatchedBackend<Columns>, options: SessionPolicy = {}) {
  return new SessionManager({ backend, cleanup: false, maxAge: '10s', ...options })
}

async function fill(manager: SessionManager<Columns>, count: number, userId = 1): Promise<string[]> {
  const created: string[] = []
  for (let n = 0; n < count; n++) created.push(manager.rowId((await manager.create({ userId, n })).id))
  return created.sort()
}

async function idsOf(sessions: AsyncIterable<ListedSession<Columns>>): Promise<string[]> {
  const ids: string[] = []
  for await (const { id } of sessions) ids.push(id)
  return ids
}

describe('count()', () => {
  it('is the number of living sessions that match, in one statement', async () => {
    const { manager, backend, clock } = setUp()
    await fill(manager, 2)
    clock.pass(5)
    await fill(manager, 3, 2)
    backend.takeCalls()
    expect(await manager.count()).to.equal(5)
    expect(backend.takeCalls()).to.deep.equal(['count'])
    expect(await manager.count({})).to.equal(5)
    expect(await manager.count({ userId: 2 })).to.equal(3)
    clock.pass(5)
    expect(await manager.count()).to.equal(3)
    expect(await manager.count({ userId: 1 })).to.equal(0)
  })

  it('counts no forwarding row, and no lease that is held', async () => {
    const { manager, backend } = setUp({ limit: { by: 'userId', max: 5 } } as SessionPolicy)
    const session = await openSession(manager)
    session.properties.set('n', 1)
    await session.commit()
    const counted: number[] = []
    backend.before = async (call) => {
      const rows = await backend.inner.list({}, new Date(manager.options.now()), 9)
      if (call !== 'count' && rows.some(({ id }) => id.startsWith('~'))) counted.push(await manager.count())
    }
    const again = await openSession(manager, session.id)
    await again.regenerate()
    again.properties.set('userId', 1)
    await again.commit()
    expect(counted, 'the lease was never held').to.not.be.empty
    expect(new Set(counted)).to.deep.equal(new Set([1]))
    expect((await backend.inner.list({}, new Date(0), 9)).length).to.equal(3)
    expect(await manager.count()).to.equal(1)
  })

  it('leaves out sessions beyond the absolute timeout, which list() leaves out too', async () => {
    const { manager, backend, clock } = setUp({ maxAge: '1d' })
    await fill(manager, 1)
    clock.pass(60)
    await fill(manager, 1)
    const strict = managerOn(backend, { maxAge: '1d', absoluteTimeout: '60s', now: clock.now })
    expect(await strict.count()).to.equal(1)
    expect(await strict.list({})).to.have.length(1)
    expect(await idsOf(strict.iterate())).to.have.length(1)
    expect(await managerOn(backend, { absoluteTimeout: '61s', now: clock.now }).count()).to.equal(2)
  })
})

describe('list() of everything', () => {
  it('takes an empty condition, with the earliest expiry first', async () => {
    const { manager, clock } = setUp()
    const [first] = await fill(manager, 1)
    clock.pass(1)
    const [second] = await fill(manager, 1)
    expect((await manager.list({})).map(({ id }) => id)).to.deep.equal([first, second])
  })

  it('goes on behind the cursor of a session, by id', async () => {
    const { manager } = setUp()
    const all = await fill(manager, 5)
    const found: string[] = []
    let after: string | null | undefined = null
    do {
      const page: ListedSession<Columns>[] = await manager.list({ userId: 1 }, { order: 'id', limit: 2, after })
      found.push(...page.map(({ id }) => id))
      after = page.at(-1)?.cursor
    } while (after !== undefined)
    expect(found).to.deep.equal(all)
  })

  it('goes on at the same place when the session of the cursor has ended', async () => {
    const { manager } = setUp()
    const all = await fill(manager, 3)
    const [first] = await manager.list({}, { order: 'id', limit: 1 })
    await manager.revoke({ id: first?.id ?? '' })
    const rest = await manager.list({}, { order: 'id', after: first?.cursor ?? '' })
    expect(rest.map(({ id }) => id)).to.deep.equal(all.slice(1))
  })

  it('gives cursors that hold no id, and that neither JSON nor a log shows', async () => {
    const { manager } = setUp({ hashIds: false })
    const { id } = await manager.create()
    const [listed] = await manager.list({})
    const cursor = listed?.cursor ?? ''
    expect(cursor).to.match(/^[\w-]+$/)
    for (const encoding of ['utf8', 'latin1', 'base64url'] as const)
      expect(Buffer.from(cursor, 'base64url').toString(encoding)).not.to.contain(id.slice(0, 12))
    expect(JSON.stringify(listed)).not.to.contain('cursor')
    expect(inspect(listed)).not.to.contain(cursor)
    expect(await manager.get(cursor)).to.equal(undefined)
  })

  it('takes the cursor of another process with the same auditKey', async () => {
    const { manager, backend, clock } = setUp({ auditKey })
    const all = await fill(manager, 3)
    const after = (await manager.list({}, { order: 'id' }))[0]?.cursor ?? null
    const other = managerOn(backend, { auditKey, now: clock.now })
    expect(await idsOf(other.iterate({}, { after }))).to.deep.equal(all.slice(1))
  })

  it('refuses the cursor of another manager or of another condition', async () => {
    const { manager, backend } = setUp({ auditKey })
    await fill(manager, 2)
    const seenAt = new Date(0)
    const [{ cursor: after } = { cursor: '' }] = await manager.list({ userId: 1 }, { order: 'id' })
    const refuse = (other: SessionManager<Columns>, where: object, given = after) => {
      const options = { order: 'id', after: given } as const
      return expectError('CURSOR_INVALID', () => other.list(where, options))
    }
    await manager.list({ userId: 1 }, { order: 'id', after })
    await refuse(managerOn(backend), { userId: 1 })
    await refuse(managerOn(backend, { auditKey, key: 'admin' }), { userId: 1 })
    for (const where of [{}, { userId: 2 }, { userId: '1' }, { userId: 1, seenAt }]) await refuse(manager, where)
    for (const wrong of ['', 'x', `${after}x`, `${after}=`, after.slice(1), after.toUpperCase(), 7, {}])
      await refuse(manager, { userId: 1 }, wrong as string)
    const error = await expectError('CURSOR_INVALID', () => manager.iterate({ userId: 2 }, { after }))
    expect(error.message).to.contain('auditKey')
    expect(error.message).not.to.contain(after)
  })

  it('tells conditions apart by the type of their values', async () => {
    const { manager } = setUp()
    await manager.create({ userId: null })
    const [{ cursor: after } = { cursor: '' }] = await manager.list({ userId: null }, { order: 'id' })
    await expectError('CURSOR_INVALID', () => manager.list({ userId: 'null' as never }, { order: 'id', after }))
  })

  it('refuses wrong options before it asks the database', async () => {
    const { manager, backend } = setUp()
    await fill(manager, 1)
    const [{ cursor: after } = { cursor: '' }] = await manager.list({})
    backend.takeCalls()
    await expectError('OPTION_INVALID', () => manager.list({}, { after }))
    await expectError('OPTION_INVALID', () => manager.list({}, { after, order: 'expires' }))
    await expectError('OPTION_INVALID', () => manager.list({}, { order: 'createdAt' as never }))
    await expectError('OPTION_UNKNOWN', () => manager.list({}, { cursor: after } as never))
    await expectError('OPTION_INVALID', () => manager.iterate({}, { batch: 0 }))
    await expectError('OPTION_INVALID', () => manager.iterate({}, { batch: 10_001 }))
    await expectError('OPTION_UNKNOWN', () => manager.iterate({}, { limit: 1 } as never))
    for (const where of [null, 'x', [], new Map(), new Date(), { userId: undefined }, { user: 1 }, { userId: [] }]) {
      await expectError('WHERE_INVALID', () => manager.list(where as never))
      await expectError('WHERE_INVALID', () => manager.count(where as never))
      await expectError('WHERE_INVALID', () => manager.iterate(where as never))
    }
    expect(backend.takeCalls()).to.deep.equal([])
  })
})

describe('iterate()', () => {
  it('gives each session that matches once, by id, in batches', async () => {
    const { manager, backend } = setUp()
    const all = await fill(manager, 7)
    await fill(manager, 2, 2)
    backend.takeCalls()
    expect(await idsOf(manager.iterate({ userId: 1 }, { batch: 3 }))).to.deep.equal(all)
    expect(backend.takeCalls()).to.deep.equal(['listById', 'listById', 'listById'])
    expect(await idsOf(manager.iterate())).to.have.length(9)
    expect(await idsOf(manager.iterate({ userId: 3 }))).to.deep.equal([])
  })

  it('misses none and gives none twice while all are renewed, others begin and some end', async () => {
    const { manager, clock } = setUp()
    const all = await fill(manager, 6)
    const found: string[] = []
    for await (const { id } of manager.iterate({}, { batch: 2 })) {
      if (found.length === 3) await manager.revoke({ id: all[4] as string })
      found.push(id)
      clock.pass(4)
      for (const rowId of all) await touch(manager, rowId)
      await fill(manager, 1, 2)
    }
    expect(new Set(found).size).to.equal(found.length)
    expect(found).to.include.members(all.filter((_, n) => n !== 4))
    expect(found).not.to.include(all[4])
  })

  it('reads a batch when it is asked for, and none after a break', async () => {
    const { manager, backend } = setUp()
    await fill(manager, 6)
    backend.takeCalls()
    const sessions = manager.iterate({}, { batch: 2 })
    expect(backend.takeCalls()).to.deep.equal([])
    let count = 0
    for await (const { id } of sessions) {
      expect(id).to.have.length(64)
      if (++count === 2) break
    }
    expect(backend.takeCalls()).to.deep.equal(['listById'])
    expect(await sessions.next()).to.deep.equal({ done: true, value: undefined })
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('goes on behind a cursor', async () => {
    const { manager } = setUp()
    const all = await fill(manager, 5)
    let after: string | undefined
    for await (const { id, cursor } of manager.iterate({}, { batch: 2 })) {
      after = cursor
      if (id === all[2]) break
    }
    expect(await idsOf(manager.iterate({}, { after: after ?? null }))).to.deep.equal(all.slice(3))
  })

  it('goes on although a session cannot be read', async () => {
    const { manager, backend } = setUp()
    const all = await fill(manager, 3)
    const [row] = await backend.inner.find([all[1] as string])
    await backend.inner.delete([all[1] as string])
    await backend.inner.insert([{ ...row, data: '{', createdAt: new Date(Number.NaN) } as never])
    const codes: unknown[] = []
    for await (const session of manager.iterate({}, { batch: 2 })) {
      const read = async () => [session.properties, session.createdAt]
      codes.push(
        await read().then(
          () => 'read',
          ({ code }) => code,
        ),
      )
    }
    expect(codes).to.deep.equal(['read', 'DATA_CORRUPT', 'read'])
  })

  it('gives each batch a time limit of its own, in which the loop does not count', async () => {
    const { manager, backend } = setUp({ timeout: 100 })
    await fill(manager, 4)
    const release: (() => void)[] = []
    let calls = 0
    backend.before = () => (++calls === 3 ? new Promise<void>((resolve) => release.push(resolve)) : undefined)
    let count = 0
    const all = (async () => {
      for await (const _ of manager.iterate({}, { batch: 1 })) {
        count++
        await new Promise((resolve) => setTimeout(resolve, 60))
      }
    })()
    await expectError('BACKEND_TIMEOUT', () => all)
    expect(count).to.equal(2)
    for (const one of release) one()
  })

  it('ends with MANAGER_CLOSED when the manager is closed meanwhile', async () => {
    const { manager } = setUp()
    await fill(manager, 2)
    const sessions = manager.iterate({}, { batch: 1 })
    await sessions.next()
    manager.close()
    await expectError('MANAGER_CLOSED', () => sessions.next())
    await expectError('MANAGER_CLOSED', () => manager.iterate())
    await expectError('MANAGER_CLOSED', () => manager.count())
  })
})

/** Renews a session as a request does. */
async function touch(manager: SessionManager<Columns>, rowId: string): Promise<void> {
  const { backend } = manager.options
  const [row] = await backend.find([rowId])
  if (!row) return
  const now = new Date(manager.options.now())
  const [written] = await backend.touch([{ id: rowId, version: row.version, now, expires: new Date(+now + 10_000) }])
  expect(written).to.equal(true)
}
