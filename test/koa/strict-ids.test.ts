import { expect } from 'chai'
import { type Handlers, start } from './support/site.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 1
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/': (ctx) => {
    ctx.body = { userId: ctx.session.userId, id: ctx.session.id }
  },
}

const wellFormed = 'A'.repeat(43)

const malformed: Readonly<Record<string, string>> = {
  empty: '',
  'too short': 'A'.repeat(21),
  'too long': 'A'.repeat(87),
  'very long': 'A'.repeat(8000),
  'with a dot': `${'A'.repeat(42)}.`,
  'with a slash': `${'A'.repeat(42)}/`,
  'with a plus': `${'A'.repeat(42)}+`,
  'with padding': `${wellFormed}=`,
  'with a blank': `${'A'.repeat(20)} ${'A'.repeat(22)}`,
  'with a comma': `${'A'.repeat(20)},${'A'.repeat(22)}`,
  'with SQL': "AAAAAAAAAAAAAAAAAAAAAA' OR '1'='1",
  'percent-encoded': `%41${'A'.repeat(42)}`,
  'quoted inside': `A"${'A'.repeat(41)}"`,
  'in Latin-1': `${'A'.repeat(42)}\u00e9`,
  'as JSON': '{"id":"AAAAAAAAAAAAAAAAAAAAAAAAA"}',
  'as an operator': '[object Object]AAAAAAAAAA',
}

describe('an id that is not in the database', () => {
  for (const [kind, value] of Object.entries(malformed)) {
    it(`never reaches it when it is malformed: ${kind}`, async () => {
      const { backend, client } = await start(handlers)
      const visitor = client()
      visitor.cookie = value
      const response = await visitor.request('/')
      expect(response.status).to.equal(200)
      expect(response.headers.getSetCookie()).to.deep.equal([])
      expect(backend.takeCalls()).to.deep.equal([])
    })
  }

  it('is not adopted when a session begins', async () => {
    for (const value of [wellFormed, ...Object.values(malformed)]) {
      const { backend, client } = await start(handlers)
      const visitor = client()
      visitor.cookie = value
      await visitor.json('/login')
      expect(visitor.id).not.to.equal(value)
      const attacker = client()
      attacker.cookie = value
      expect(await attacker.json('/')).to.include({ userId: null })
      expect(await backend.rows()).to.have.length(1)
    }
  })

  it('is not adopted after it has expired', async () => {
    const { clock, client } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    const old = visitor.id
    clock.pass(15 * 86_400)
    await visitor.json('/login')
    expect(visitor.id).not.to.equal(old)
  })

  it('is not adopted after it was revoked or destroyed', async () => {
    const { manager, client } = await start(handlers)
    const [revoked, destroyed] = [client(), client()]
    await revoked.json('/login')
    await destroyed.json('/login')
    const copies = [revoked.copy(), destroyed.copy()]
    await destroyed.json('/logout')
    await manager.revoke({ userId: 1 })
    for (const copy of copies) {
      const old = copy.id
      expect(await copy.json('/')).to.include({ userId: null })
      await copy.json('/login')
      expect(copy.id).not.to.equal(old)
    }
  })

  it('is not what the row is found by', async () => {
    const { backend, client } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    const thief = client()
    thief.cookie = (await backend.row()).id
    expect(thief.id).to.match(/^[0-9a-f]{64}$/)
    expect(await thief.json('/')).to.include({ userId: null })
  })
})

describe('several cookies of one name', () => {
  it('count as the first one', async () => {
    const { url, client } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    const userIdFor = async (Cookie: string): Promise<unknown> => (await fetch(url, { headers: { Cookie } })).json()
    expect(await userIdFor(`sid=${visitor.id}; sid=${wellFormed}`)).to.include({ userId: 1 })
    expect(await userIdFor(`sid=${wellFormed}; sid=${visitor.id}`)).to.include({ userId: null })
    expect(await userIdFor(`xsid=${wellFormed}; sid=${visitor.id}`)).to.include({ userId: 1 })
  })
})
