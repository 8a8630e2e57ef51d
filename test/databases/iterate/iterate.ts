import { expect } from 'chai'
import { SessionManager, type SessionPolicy, sessionBackend } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { Clock } from '../../support/clock.js'
import { type MatrixRow, type OpenModel, reachable } from '../../support/matrix.js'

const count = 40

/** Counts and iterates on each row whose database can be reached. */
export async function testRows(rows: readonly MatrixRow[]): Promise<void> {
  for (const row of await reachable(rows)) describe(`all sessions on ${row.name}`, () => rulesFor(row))
}

function rulesFor({ name, open }: MatrixRow): void {
  let opened: OpenModel
  let clock: Clock
  let statements: string[]
  let all: string[]

  beforeEach(async () => {
    clock = new Clock()
    statements = []
    const table = `iterate_${name.replace(/\W+/g, '_').toLowerCase()}`
    opened = await open({ table, now: clock.now, onStatement: (sql) => statements.push(sql) })
    const manager = managerOf()
    all = []
    for (let n = 0; n < count; n++)
      all.push(manager.rowId((await manager.create({ userId: n % 4, label: n % 2 ? 'Zoë' : null })).id))
    all.sort()
  })
  afterEach(() => opened.close())

  function managerOf(policy: SessionPolicy = {}): SessionManager<TestColumns> {
    return new SessionManager({ model: opened.model, cleanup: false, maxAge: '1h', ...policy })
  }

  it('counts in one statement', async () => {
    const manager = managerOf()
    await manager.count()
    statements.length = 0
    expect(await manager.count()).to.equal(count)
    expect(statements).to.have.length(1)
    expect(await manager.count({ userId: 1 })).to.equal(count / 4)
    expect(await manager.count({ userId: 1, label: 'Zoë' })).to.equal(count / 4)
    expect(await manager.count({ label: 'zoë' })).to.equal(0)
    expect(await manager.count({ label: null })).to.equal(count / 2)
    clock.pass(3600)
    expect(await manager.count()).to.equal(0)
  })

  it('counts to the millisecond, by the absolute timeout too', async () => {
    clock.pass(59.999)
    expect(await managerOf({ absoluteTimeout: '60s' }).count()).to.equal(count)
    clock.pass(0.001)
    expect(await managerOf({ absoluteTimeout: '60s' }).count()).to.equal(0)
    expect(await managerOf({ absoluteTimeout: '60s' }).iterate().next()).to.include({ done: true })
    expect(await managerOf().count()).to.equal(count)
    expect(await managerOf({ absoluteTimeout: '36500d' }).count()).to.equal(count)
  })

  it('gives each session once while others are renewed, begin and end', async () => {
    const manager = managerOf()
    const backend = opened.model[sessionBackend]()
    const found: string[] = []
    const ended = all[count - 1] as string
    for await (const { id, properties } of manager.iterate({}, { batch: 7 })) {
      found.push(id)
      expect(properties).to.have.property('userId')
      if (found.length % 10 !== 1) continue
      clock.pass(1)
      const expires = new Date(clock.now() + 3_600_000)
      const renewed = all.filter((_, n) => n % 5 === 0)
      const touches = renewed.map((rowId) => ({ id: rowId, version: 1, now: new Date(clock.now()), expires }))
      for (const one of touches) await backend.touch([one])
      await backend.delete([ended])
      await manager.create({ userId: 9 })
    }
    expect(new Set(found).size).to.equal(found.length)
    expect(found).to.include.members(all.slice(0, -1))
    expect(found).not.to.include(ended)
  })

  it('gives the sessions that match, and goes on behind a cursor', async () => {
    const manager = managerOf()
    const first: string[] = []
    let cursor: string | null = null
    for await (const session of manager.iterate({ userId: 2 }, { batch: 3 })) {
      first.push(session.id)
      cursor = session.cursor
      if (first.length === 5) break
    }
    const rest = await manager.list({ userId: 2 }, { order: 'id', after: cursor })
    expect(rest).to.have.length(count / 4 - 5)
    const ids = [...first, ...rest.map(({ id }) => id)]
    expect(new Set(ids).size).to.equal(count / 4)
    expect(all).to.include.members(ids)
  })

  it('goes on although the data of a session is corrupt', async () => {
    await opened.execute(`UPDATE ? SET data = '{' WHERE id = '${all[3]}'`)
    const codes: string[] = []
    for await (const session of managerOf().iterate({}, { batch: 10 })) {
      const read = async () => String(Object.keys(session.properties).length > 0)
      codes.push(await read().catch(({ code }: { code: string }) => code))
    }
    expect(codes).to.have.length(count)
    expect(codes.filter((code) => code !== 'true')).to.deep.equal(['DATA_CORRUPT'])
  })

  it('neither counts nor gives forwarding rows and leases', async () => {
    const backend = opened.model[sessionBackend]()
    const marker = { data: '{"$session":{"lock":"x"}}', createdAt: new Date(clock.now()), version: 1, columns: {} }
    await backend.insert([{ ...marker, id: `~${'f'.repeat(40)}`, expires: new Date(clock.now() + 5000) }])
    expect(await managerOf().count()).to.equal(count)
    expect(await managerOf().list({}, { order: 'id' })).to.have.length(count)
  })
}
