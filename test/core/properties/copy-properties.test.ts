import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { expectError } from '../../support/errors.js'

type Columns = { userId: number | null; photo: Buffer | null; seenAt: Date | null }

function setUp() {
  const backend = new MemorySessionBackend<Columns>({ userId: null, photo: null, seenAt: null })
  return { backend, manager: new SessionManager<Columns>({ backend, cleanup: false }) }
}

describe('what manager.set() is given', () => {
  it('is stored as it was at the call', async () => {
    const { manager } = setUp()
    const given = { userId: 1, photo: Buffer.from('a'), seenAt: new Date(0), cart: [{ name: 'book' }], tags: ['a'] }
    const setting = manager.set('a', given)
    given.userId = 2
    given.photo.fill('b')
    given.seenAt.setTime(1)
    given.cart[0] = { name: 'other' }
    given.tags.push('b')
    await setting
    const stored = { userId: 1, photo: Buffer.from('a'), seenAt: new Date(0), cart: [{ name: 'book' }], tags: ['a'] }
    expect(await manager.get('a')).to.deep.equal(stored)
  })

  it('is refused at the call, if no row can hold it', async () => {
    const { manager } = setUp()
    for (const value of [null, [], 'text', { act: () => {} }, { userId: Symbol('x') }, { n: Number.NaN }]) {
      await expectError('DATA_NOT_SERIALIZABLE', () => manager.set('a', value as never))
    }
    await expectError('NAME_RESERVED', () => manager.set('a', { id: 'x' }))
    expect(await manager.get('a')).to.equal(undefined)
  })
})

describe('what manager.get() gives', () => {
  it('is an ordinary object', async () => {
    const { manager } = setUp()
    await manager.set('a', { views: 1 })
    const session = await manager.get('a')
    expect(Object.getPrototypeOf(session)).to.equal(Object.prototype)
    expect(`${session}`).to.equal('[object Object]')
  })

  it('is another object each time, with a key __proto__ that is one like any other', async () => {
    const { manager } = setUp()
    await manager.set('a', JSON.parse('{"__proto__":{"admin":true},"constructor":1}'))
    const [one, two] = [await manager.get('a'), await manager.get('a')]
    expect(one).not.to.equal(two)
    expect(Object.getPrototypeOf(one)).to.equal(Object.prototype)
    expect(one?.admin).to.equal(undefined)
    expect(Object.keys(one ?? {})).to.include.members(['__proto__', 'constructor'])
  })

  it('can be set again, also where others have stored names that are reserved', async () => {
    const { backend, manager } = setUp()
    await manager.set('a', {})
    const [row] = await backend.list({}, new Date(0), 1)
    const text = '{"id":1,"expires":"soon","save":null,"createdAt":{"at":[1]},"__proto__":{"x":1},"views":1}'
    const { id, version } = row as { id: string; version: number }
    await backend.update([{ id, version, now: new Date(0), values: { data: text, version: version + 1 } }])
    const before = await manager.get('a')
    await manager.set('a', { ...before, views: 2 } as never)
    expect((await backend.find([id]))[0]?.data).to.equal(text.replace('"views":1', '"views":2'))
    await expectError('NAME_RESERVED', () => manager.set('a', { ...before, load: 1 } as never))
  })
})
