import { inspect } from 'node:util'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'

interface Columns {
  userId: number | null
  label: string
}

function setUp(options: SessionPolicy<Columns> = {}) {
  const clock = new Clock()
  const backend = new MemorySessionBackend<Columns>({ userId: null, label: 'none' })
  const manager = new SessionManager({ backend, cleanup: false, now: clock.now, maxAge: '10s', ...options })
  const read = (cookie: string, secure?: boolean) =>
    manager.fromRequest({ headers: { cookie } }, secure === undefined ? {} : { secure })
  return { clock, backend, manager, read }
}

describe('manager.create()', () => {
  it('stores a session that its cookie opens, and its id', async () => {
    const { manager, read } = setUp()
    const { id, cookie, properties } = await manager.create({ userId: 42, theme: 'dark' })
    expect(id).to.match(/^[\w-]{43}$/)
    expect(cookie).to.equal(`sid=${id}`)
    expect({ ...properties }).to.deep.equal({ userId: 42, label: 'none', theme: 'dark' })
    const session = await read(cookie)
    expect(session?.toJSON()).to.deep.equal({ userId: 42, label: 'none', theme: 'dark' })
    expect(session?.id).to.equal(id)
    expect({ ...(await manager.get(id)) }).to.deep.equal({ userId: 42, label: 'none', theme: 'dark' })
    await manager.delete(id)
    expect(await read(cookie)).to.equal(undefined)
  })

  it('stores one without properties too, each under an id of its own', async () => {
    const { manager } = setUp()
    const created = [await manager.create(), await manager.create({}), await manager.create({})]
    expect(new Set(created.map(({ id }) => id)).size).to.equal(3)
    expect(await manager.list({ label: 'none' })).to.have.length(3)
  })

  it('names the cookie as a request over HTTPS has it, if told so', async () => {
    const { manager, read } = setUp({ key: 'login' })
    const { cookie, id } = await manager.create({}, { secure: true })
    expect(cookie).to.equal(`__Host-login=${id}`)
    expect((await read(cookie, true))?.id).to.equal(id)
    const always = setUp({ cookie: { secure: true, path: '/app' } }).manager
    expect((await always.create()).cookie).to.match(/^__Secure-sid=/)
    const never = setUp({ cookie: { secure: false } }).manager
    expect((await never.create({}, { secure: true })).cookie).to.match(/^sid=/)
  })

  it('gives the dates that the session has, and a timeout of its own if wanted', async () => {
    const { manager, clock, read } = setUp()
    const short = await manager.create()
    const long = await manager.create({}, { maxAge: '1h' })
    expect(short.createdAt?.getTime()).to.equal(clock.now())
    expect(short.expires.getTime()).to.equal(clock.now() + 10_000)
    expect(long.expires.getTime()).to.equal(clock.now() + 3_600_000)
    clock.pass(60)
    expect(await read(short.cookie)).to.equal(undefined)
    expect((await read(long.cookie))?.maxAge).to.equal(3_600_000)
  })

  it('counts as a login only if told so', async () => {
    const { manager, clock, read } = setUp()
    expect((await read((await manager.create()).cookie))?.authenticatedAt).to.equal(null)
    const { cookie } = await manager.create({ userId: 1 }, { authenticated: true })
    expect((await read(cookie))?.authenticatedAt?.getTime()).to.equal(clock.now())
  })

  it('is subject to the limit, and tells its events', async () => {
    const { manager, read } = setUp({ limit: { by: 'userId', max: 1 } })
    let count = 0
    manager.on('created', () => count++)
    const first = await manager.create({ userId: 1 })
    const second = await manager.create({ userId: 1 })
    expect([await read(first.cookie), (await read(second.cookie))?.userId]).to.deep.equal([undefined, 1])
    expect(count).to.equal(2)
  })

  it('keeps what it was given as it was then', async () => {
    const { manager } = setUp()
    const cart = ['book']
    const creating = manager.create({ cart })
    cart.push('pen')
    const { id, properties } = await creating
    expect(properties.cart).to.deep.equal(['book'])
    ;(properties.cart as string[]).push('ink')
    expect((await manager.get(id))?.cart).to.deep.equal(['book'])
  })

  it('shows neither its id nor its cookie to a log', async () => {
    const { manager } = setUp({ hashIds: false })
    const created = await manager.create({ theme: 'dark' })
    for (const text of [
      inspect(created),
      inspect([created], { depth: 9, showHidden: true }),
      JSON.stringify(created),
    ]) {
      expect(text).to.contain('dark').and.not.to.contain(created.id)
    }
  })

  const wrong: readonly (readonly [code: string, properties: unknown, options?: unknown])[] = [
    ['DATA_NOT_SERIALIZABLE', null],
    ['DATA_NOT_SERIALIZABLE', 'text'],
    ['DATA_NOT_SERIALIZABLE', { theme: () => 1 }],
    ['NAME_RESERVED', { id: 'mine' }],
    ['OPTION_UNKNOWN', {}, { maxage: 1 }],
    ['OPTION_INVALID', {}, { maxAge: 'soon' }],
    ['OPTION_INVALID', {}, { secure: 'yes' }],
    ['OPTION_INVALID', {}, { authenticated: 1 }],
    ['OPTION_INVALID', {}, null],
  ]
  for (const [code, properties, options] of wrong) {
    it(`refuses ${inspect(properties)} with ${inspect(options)}, and stores nothing`, async () => {
      const { manager } = setUp()
      await expectError(code as never, () => manager.create(properties as never, options as never))
      expect(await manager.list({ label: 'none' })).to.deep.equal([])
    })
  }

  it('is refused by a closed manager', async () => {
    const { manager } = setUp()
    manager.close()
    await expectError('MANAGER_CLOSED', () => manager.create())
  })
})

describe('a listed session', () => {
  it('shows its properties and dates to a log, and no id', async () => {
    const { manager } = setUp({ hashIds: false })
    const { id } = await manager.create({ userId: 1, theme: 'dark' })
    const [listed] = await manager.list({ userId: 1 })
    const text = inspect(listed, { depth: 9 })
    expect(text).to.contain("theme: 'dark'").and.to.contain('userId: 1').and.to.contain('expires: ')
    expect(text).not.to.contain(id)
    expect(JSON.parse(JSON.stringify(listed))).to.have.keys('id', 'createdAt', 'expires', 'lastSeenAt', 'properties')
  })

  it('shows what can be read of a corrupt row', async () => {
    const { manager, backend } = setUp()
    const broken = new SessionManager({ backend, cleanup: false, encryptionKeys: ['ab'.repeat(32)] })
    const { id } = await broken.create({ userId: 2, theme: 'dark' })
    const [listed] = await manager.list({ userId: 2 })
    expect(inspect(listed)).to.contain('[KEY_UNKNOWN]').and.to.contain('expires: ').and.not.to.contain(id)
  })
})
