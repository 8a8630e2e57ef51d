import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

const id = 'a'.repeat(43)

/** A session whose data another program wrote. */
async function foreign(data: string, options: object = {}) {
  const clock = new Clock()
  const backend = new MemorySessionBackend<{ userId: number | null }>({ userId: null })
  const manager = new SessionManager({ backend, cleanup: false, now: clock.now, hashIds: false, ...options })
  const expires = new Date(clock.now() + 3_600_000)
  await backend.insert([{ id, data, expires, createdAt: null, version: 1, columns: {} }])
  const text = async (rowId = id): Promise<string | null | undefined> => (await backend.find([rowId]))[0]?.data
  return { manager, text, open: () => openSession(manager, id) }
}

/** Texts of values that JavaScript would write in another way, or as another value. */
const values = [
  '1234567890123456789',
  '-12345678901234567890.5',
  '0.1000000000000000055',
  '1e400',
  '-1e-400',
  '-0',
  '1.0',
  '1E5',
  '"\\u00e9\\/\\ud800"',
  '[ 1234567890123456789 , {"2":0,"1":0,"2":1.0} ]',
  '{"__proto__":{"a":1e400},"z":1,"1":[-0]}',
]

describe('what another program wrote to the data of a session', () => {
  for (const value of values) {
    const before = `{ "z":${value}, "visits" : 1,"7":${value},"\\u0061b":${value}\n}`
    const after = before.replace('"visits" : 1', '"visits" : 2')

    it(`keeps its text when another key is written: ${value}`, async () => {
      const { open, text } = await foreign(before)
      const session = await open()
      session.properties.set('visits', 2)
      await session.save()
      expect(await text()).to.equal(after)
      session.properties.set('more', [1])
      await session.commit()
      expect(await text()).to.equal(after.replace('\n', ',"more":[1]\n'))
    })

    it(`keeps its text in update(), and after it: ${value}`, async () => {
      const { open, text } = await foreign(before)
      const session = await open()
      session.properties.get('z')
      await session.update(() => session.properties.set('visits', 2))
      expect(await text()).to.equal(after)
      session.properties.set('visits', 3)
      await session.commit()
      expect(await text()).to.equal(before.replace('"visits" : 1', '"visits" : 3'))
    })

    it(`keeps its text where the session is set as a whole: ${value}`, async () => {
      const { manager, open, text } = await foreign(before)
      const session = await open()
      session.properties.replace({ ...session.properties.toObject(), visits: 2 })
      await session.commit()
      expect(await text()).to.equal(after)
      await manager.set(id, { ...(await manager.get(id)), visits: 1 })
      expect(await text()).to.equal(before)
    })

    it(`keeps its text when requests write at once, also after a new id: ${value}`, async () => {
      const { open, text } = await foreign(before, { grace: '10s' })
      const [first, second, late] = [await open(), await open(), await open()]
      first.properties.set('visits', 2)
      second.properties.set('more', 1)
      await first.commit()
      await second.commit()
      const merged = after.replace('\n', ',"more":1\n')
      expect(await text()).to.equal(merged)
      await second.regenerate()
      await second.commit()
      const row = () => text(second.id).then((data) => data?.replace(/^\{"\$session":\{[^}]*\},/, '{'))
      expect(await row()).to.equal(merged)
      late.properties.set('visits', 5)
      await late.commit()
      expect(await row()).to.equal(merged.replace('"visits" : 2', '"visits" : 5'))
    })

    it(`keeps its text in the session of a late login: ${value}`, async () => {
      const { open, text } = await foreign(before, { grace: '10s' })
      const [first, late] = [await open(), await open()]
      await first.regenerate()
      await first.commit()
      await late.regenerate()
      late.properties.set('visits', 2)
      await late.commit()
      expect((await text(late.id))?.replace(/^\{"\$session":\{[^}]*\},/, '{')).to.equal(after)
    })
  }

  it('keeps its text where it is encrypted', async () => {
    const keys = { encryptionKeys: ['0'.repeat(64)] }
    const { manager, open } = await foreign('{"big":1234567890123456789,"visits":1}', keys)
    const session = await open()
    session.properties.set('visits', 2)
    await session.commit()
    expect((await open()).properties.text()).to.equal('{"big":1234567890123456789,"visits":2}')
    manager.close()
  })

  it('loses a key that is deleted or set, every time that it is there, and nothing else', async () => {
    const { open, text } = await foreign('{"a":1, "b":-0,"a":2 ,"\\u0061":3, "c":1.0}')
    const session = await open()
    expect(session.properties.get('a')).to.equal(3)
    session.properties.set('a', 4)
    await session.save()
    expect(await text()).to.equal('{"a":4, "b":-0, "c":1.0}')
    session.properties.remove('a')
    await session.save()
    expect(await text()).to.equal('{"b":-0, "c":1.0}')
    session.properties.remove('b')
    session.properties.remove('c')
    await session.save()
    expect(await text()).to.equal('{}')
    session.properties.set('d', 1)
    await session.commit()
    expect(await text()).to.equal('{"d":1}')
  })

  it('is not written if nothing has changed', async () => {
    const { open, text } = await foreign('{ "a" : 1.0, "b":{"c":1e400} }')
    const session = await open()
    session.properties.set('a', 1)
    session.properties.set('b', { c: Number.POSITIVE_INFINITY })
    await session.commit()
    expect(await text()).to.equal('{ "a" : 1.0, "b":{"c":1e400} }')
  })
})

describe('numbers that JavaScript cannot hold, beside what has changed in one value', () => {
  type User = { id: number; name?: string; ids: number[]; n?: number }
  const user = '{"id":1234567890123456789,"name":"1234567890123456789","ids":[0.1000000000000000055,2]}'

  async function changed(value: string, change: (value: User) => unknown): Promise<unknown> {
    const { open, text } = await foreign(`{"user":${value},"n":1}`)
    const session = await open()
    const replaced = change(session.properties.get('user') as User)
    if (replaced !== undefined) session.properties.set('user', replaced)
    await session.commit()
    return text()
  }

  it('stay as they were, wherever they are moved to', async () => {
    expect(await changed(user, (it) => void delete it.name)).to.equal(
      '{"user":{"id":1234567890123456789,"ids":[0.1000000000000000055,2]},"n":1}',
    )
    expect(await changed(user, ({ id, ids }) => [ids, { '1234567890123456789': id }, 7])).to.equal(
      '{"user":[[0.1000000000000000055,2],{"1234567890123456789":1234567890123456789},7],"n":1}',
    )
    expect(await changed('1234567890123456789', (id) => ({ id }))).to.equal('{"user":{"id":1234567890123456789},"n":1}')
  })

  it('can be replaced', async () => {
    expect(await changed(user, () => ({ id: 5 }))).to.equal('{"user":{"id":5},"n":1}')
    expect(await changed('[1.50,100000000000000000000,5E-1]', (list) => [list, 1].flat())).to.equal(
      '{"user":[1.5,100000000000000000000,0.5,1],"n":1}',
    )
  })

  it('are refused where it is not known which one is meant', async () => {
    const unclear = [
      '{"id":1234567890123456789,"ids":[1234567890123456790]}',
      '{"id":1234567890123456789,"ids":[1234567890123456800]}',
      '{"id":1e-400,"ids":[0]}',
      '{"id":1e-400,"ids":[1]}',
      '{"id":1e400,"ids":[1]}',
    ]
    for (const value of unclear) {
      const error = await expectError('DATA_NOT_SERIALIZABLE', () =>
        changed(value, (it) => {
          it.n = 1
        }),
      )
      expect(error.message).to.match(/1234567890123456789|1e-400|Infinity/)
    }
  })

  it('stay as they were after another request has written the same value', async () => {
    const { open, text } = await foreign(`{"user":${user}}`)
    const [first, second] = [await open(), await open()]
    ;(second.properties.get('user') as User).n = 1
    first.properties.set('user', { id: 1 })
    await first.commit()
    await second.commit()
    expect(await text()).to.equal(`{"user":${user.slice(0, -1)},"n":1}}`)
  })

  it('are an affair of the serializer, if there is another', async () => {
    const serializer = {
      serialize: (data: object) => JSON.stringify(data),
      deserialize: (text: string) => JSON.parse(text),
    }
    const { open, text } = await foreign('{"big":1234567890123456789,"n":1}', { serializer })
    const session = await open()
    session.properties.set('n', 2)
    await session.commit()
    expect(await text()).to.equal('{"big":1234567890123456800,"n":2}')
  })
})
