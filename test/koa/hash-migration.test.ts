import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { type Context, type Handlers, memory, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/': (ctx) => {
    ctx.body = { userId: ctx.session.userId ?? null }
  },
  '/forget': (ctx) => {
    ctx.session = null
  },
}

async function site(load: 'eager' | 'lazy' = 'eager', paths = handlers, options: Options = {}) {
  const backend = memory()
  const before = new SessionManager({ backend, hashIds: false, cleanup: false })
  const { id } = await before.create({ userId: 7 })
  const opened = await start(paths, { hashIds: 'migrate', load, now: Date.now, ...options }, backend)
  const client = opened.client()
  client.cookie = id
  return { ...opened, before, id, client }
}

describe("hashIds: 'migrate'", () => {
  it('finds sessions whose ids are not hashed, and hashes a new one', async () => {
    const { client, before, id, manager, errors } = await site()
    expect(await client.json('/')).to.deep.equal({ userId: 7 })
    expect(client.id).to.not.equal(id)
    expect(await before.get(id)).to.equal(undefined)
    expect((await manager.get(client.id))?.userId).to.equal(7)
    const hashing = new SessionManager({ backend: manager.options.backend, cleanup: false })
    expect((await hashing.get(client.id))?.userId).to.equal(7)
    expect(await client.json('/')).to.deep.equal({ userId: 7 })
    expect(errors).to.deep.equal([])
  })

  it('opens nothing with a hash that stands in the table', async () => {
    const { client, manager } = await site()
    const created = await manager.create({ userId: 8 })
    client.cookie = manager.rowId(created.id)
    expect(await client.json('/')).to.deep.equal({ userId: null })
    expect(await manager.get(manager.rowId(created.id))).to.equal(undefined)
    client.cookie = 'x'.repeat(43)
    expect(await client.json('/')).to.deep.equal({ userId: null })
  })

  it('serves requests that come at once', async () => {
    const { client, before } = await site()
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.copy().json('/')))
    expect(answers).to.deep.equal(Array.from({ length: 20 }, () => ({ userId: 7 })))
    const rows = await before.list({ userId: 7 })
    expect(rows.map(({ id }) => /^[0-9a-f]{64}$/.test(id))).to.deep.equal([true])
  })

  it('leaves one session when requests have read it at once', async () => {
    let release = (): void => {}
    const all = new Promise<void>((resolve) => {
      release = resolve
    })
    let waiting = 0
    const held = async (ctx: Context): Promise<void> => {
      Object.assign(ctx.session, { [String(ctx.query.key)]: 1 })
      if (++waiting === 3) release()
      await all
    }
    const { client, before, errors } = await site('eager', { ...handlers, '/held': held })
    const copies = [client.copy(), client.copy(), client.copy()]
    const statuses = await Promise.all(copies.map((copy, n) => copy.status(`/held?key=k${n}`)))
    expect(statuses).to.deep.equal([200, 200, 200])
    const rows = await before.list({ userId: 7 })
    expect(rows).to.have.length(1)
    expect(rows[0]?.properties).to.include({ k0: 1, k1: 1, k2: 1 })
    expect(errors).to.deep.equal([])
  })

  it('finds a row that rehash moves between the looks for the hash and for the id', async () => {
    for (const grace of [0, '10s'] as const) {
      const { client, id, backend, manager } = await site('eager', handlers, { grace })
      let finds = 0
      backend.before = async (call) => {
        if (call !== 'find' || ++finds !== 2) return
        const values = { id: manager.rowId(id), version: 2 }
        expect(await backend.inner.update([{ id, version: 1, now: new Date(0), values }])).to.deep.equal([true])
      }
      expect(await client.json('/')).to.deep.equal({ userId: 7 })
      expect(client.cookie).to.not.equal(undefined)
    }
  })

  it('logs out without reading the session', async () => {
    const { client, before, id } = await site('lazy')
    await client.status('/forget')
    expect(await before.get(id)).to.equal(undefined)
  })

  it('holds for the manager and the store', async () => {
    const { manager, before, id } = await site()
    expect((await manager.get(id))?.userId).to.equal(7)
    await manager.set(id, { userId: 8 })
    expect((await before.list({ userId: 8 })).map(({ id }) => id)).to.deep.equal([id])
    const session = await manager.store.load(id)
    expect(await session?.write({ userId: 9 })).to.equal('written')
    expect(session?.id).to.equal(id)
    expect(await manager.store.insert(id, {}).catch(({ code }) => code)).to.equal('ID_TAKEN')
    await manager.delete(id)
    expect(await before.get(id)).to.equal(undefined)
    expect(await manager.get(id)).to.equal(undefined)
  })
})
