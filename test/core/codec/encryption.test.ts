import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import {
  type EncryptionKey,
  MemorySessionBackend,
  type SessionBackend,
  SessionManager,
  type SessionRow,
} from 'koa-session-model'
import { forwardingIdOf } from '../../../src/core/repository/former-ids.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]

type Backend = SessionBackend<{ userId: number | null }>

function open(
  encryptionKeys?: readonly EncryptionKey[],
  backend: Backend = new MemorySessionBackend({ userId: null }),
) {
  const keys = encryptionKeys ? { encryptionKeys } : {}
  const manager = new SessionManager({ backend, cleanup: false, ...keys })
  const row = async (id: string): Promise<SessionRow> => {
    const [found] = await backend.find([manager.rowId(id)])
    if (!found) throw new Error(`no row ${id}`)
    return found
  }
  return { backend, manager, row }
}

const secret = { secret: 'a word that nobody must read', userId: 42 }

describe('encryption', () => {
  it('hides data in the row, and leaves columns as they are', async () => {
    const { manager, row } = open([newKey])
    await manager.set('a', secret)
    const { data, columns } = await row('a')
    expect(data).not.to.contain('secret').and.not.to.contain('nobody')
    expect(Buffer.from(data ?? '', 'base64').toString('latin1')).not.to.contain('nobody')
    expect(columns.userId).to.equal(42)
    expect({ ...(await manager.get('a')) }).to.deep.equal(secret)
  })

  it('never writes the same twice', async () => {
    const { manager, row } = open([newKey])
    await manager.set('a', secret)
    const first = (await row('a')).data
    await manager.set('a', {})
    await manager.set('a', secret)
    expect((await row('a')).data).not.to.equal(first)
  })

  it('takes keys as bytes, hex and base64', async () => {
    const { backend, manager } = open([newKey])
    await manager.set('a', secret)
    for (const text of ['hex', 'base64', 'base64url'] as const) {
      expect(await open([newKey.toString(text)], backend).manager.get('a')).to.include(secret)
    }
  })

  it('reads with an old key, and writes with the new one', async () => {
    const { backend, manager } = open([oldKey])
    await manager.set('a', secret)
    const rotated = open([newKey, oldKey], backend)
    const before = (await rotated.row('a')).data
    expect(await rotated.manager.get('a')).to.include(secret)
    expect((await rotated.row('a')).data).to.equal(before)
    const session = await openSession(rotated.manager, 'a')
    session.properties.set('userId', 43)
    await session.commit()
    expect({ ...(await open([newKey], backend).manager.get('a')) }).to.deep.equal({ ...secret, userId: 43 })
  })

  it('reads plain rows, and encrypts them with the next write', async () => {
    const { backend, manager } = open()
    await manager.set('a', secret)
    const encrypting = open([newKey], backend)
    const session = await openSession(encrypting.manager, 'a')
    expect(session.properties.get('secret')).to.equal(secret.secret)
    session.properties.set('userId', 43)
    await session.commit()
    expect((await encrypting.row('a')).data).not.to.contain('nobody')
    expect({ ...(await encrypting.manager.get('a')) }).to.deep.equal({ ...secret, userId: 43 })
  })

  for (const [name, keys] of [
    ['no key', undefined],
    ['another key', [oldKey]],
  ] as const) {
    it(`is an error with ${name}, never an empty session, and leaves the row as it is`, async () => {
      const { backend, manager, row } = open([newKey])
      await manager.set('a', secret)
      const before = await row('a')
      const other = open(keys, backend).manager
      await expectError('KEY_UNKNOWN', async () => (await openSession(other, 'a')).properties.get('secret'))
      for (const change of ['secret', 'userId']) {
        await expectError('KEY_UNKNOWN', async () => {
          const session = await openSession(other, 'a')
          session.properties.set(change, 1)
          await session.commit()
        })
      }
      await expectError('KEY_UNKNOWN', () => other.set('a', {}))
      await expectError('KEY_UNKNOWN', () => other.get('a'))
      expect(await row('a')).to.deep.equal(before)
      const [listed] = await other.list({ userId: 42 })
      await expectError('KEY_UNKNOWN', () => listed?.properties)
    })
  }

  it('binds data to its row: moved to another it is corrupt', async () => {
    const { backend, manager, row } = open([newKey])
    await manager.set('victim', secret)
    await manager.set('thief', { own: true })
    const [from, to] = [await row('victim'), await row('thief')]
    await backend.update([{ id: to.id, version: to.version, now: new Date(0), values: { data: from.data } }])
    await expectError('DATA_CORRUPT', () => manager.get('thief'))
  })

  it('survives a new id, and requests with the old one', async () => {
    const { backend, manager } = open([newKey])
    const visitor = await openSession(manager)
    visitor.properties.set('cart', ['book'])
    await visitor.commit()
    const old = visitor.id
    const late = await openSession(manager, old)
    await visitor.regenerate()
    visitor.properties.set('userId', 42)
    await visitor.commit()
    late.properties.set('late', true)
    await late.commit()
    expect((await openSession(manager, old)).properties.get('cart')).to.deep.equal(['book'])
    expect({ ...(await manager.get(visitor.id)) }).to.deep.equal({ cart: ['book'], userId: 42, late: true })
    for (const { data } of await backend.list({}, new Date(0), 10)) expect(data).not.to.contain('book')
  })

  it('lets nobody forge the trace of a replaced id, which would lead one session to another', async () => {
    const { backend, manager, row } = open([newKey])
    await manager.set('victim', secret)
    await manager.set('thief', { own: true })
    const own = await row('thief')
    const genuine = await openSession(manager, 'victim')
    await genuine.regenerate()
    await genuine.commit()
    const [trace] = (await backend.list({}, new Date(0), 9)).filter(({ id }) => id.startsWith('~'))
    const plain = `{"$session":{"successor":"${manager.rowId(genuine.id)}","replacedAt":${Date.now()}}}`
    const id = forwardingIdOf(own.id, manager.options)
    for (const data of [plain, trace?.data ?? null]) {
      await backend.delete([own.id, id])
      await backend.insert([{ ...own, id, data }])
      const forged = openSession(manager, 'thief').then((session) => session.isNew)
      expect(await forged.catch(({ code }) => code)).to.equal(data === plain ? true : 'DATA_CORRUPT')
    }
    expect(await manager.get(genuine.id)).to.include(secret)
  })

  it('finds any change of what is stored', async () => {
    const { backend, manager, row } = open([newKey])
    await manager.set('a', secret)
    const { id, version, data } = await row('a')
    const at = (data ?? '').indexOf('}') + 2
    const sealed = Buffer.from((data ?? '').slice(at), 'base64')
    for (const [n] of sealed.entries()) {
      const changed = Buffer.from(sealed)
      changed[n] = (changed[n] ?? 0) ^ 1
      const values = { data: (data ?? '').slice(0, at) + changed.toString('base64') }
      await backend.update([{ id, version, now: new Date(0), values: { ...values, version } }])
      await expectError('DATA_CORRUPT', () => manager.get('a'))
    }
  })

  const spellings: Readonly<Record<string, (head: string, body: string) => string>> = {
    'without padding': (head, body) => head + body.replace(/=+$/, ''),
    'in the alphabet of URLs': (head, body) =>
      head + body.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
    'with line breaks': (head, body) => `${head}${body.slice(0, 20)}\n${body.slice(20)}`,
    'after another brace': (head, body) => `${head}}${body}`,
    'after a comma': (head, body) => `${head.slice(0, -1)},${body}`,
  }
  for (const [name, spell] of Object.entries(spellings)) {
    it(`takes the same bytes in no other spelling: ${name}`, async () => {
      const { backend, manager, row } = open([newKey])
      await manager.set('a', { text: 'of sixty bytes, so that there is some padding behind it' })
      const { id, version, data } = await row('a')
      const at = (data ?? '').indexOf('}') + 2
      const values = { data: spell((data ?? '').slice(0, at), (data ?? '').slice(at)) }
      await backend.update([{ id, version, now: new Date(0), values }])
      await expectError('DATA_CORRUPT', () => manager.get('a'))
    })
  }

  const wrong: Readonly<Record<string, unknown>> = {
    'no list': newKey,
    'a short key': [randomBytes(16)],
    'a long key': [randomBytes(33)],
    'a password': ['correct horse battery staple'],
    'short hex': [randomBytes(31).toString('hex')],
    'a number': [5],
    nothing: [undefined],
  }
  for (const [name, keys] of Object.entries(wrong)) {
    it(`refuses ${name}, and shows no key`, async () => {
      const error = await expectError('OPTION_INVALID', () => open(keys as EncryptionKey[]))
      expect(error.message).to.contain('encryptionKeys').and.not.to.contain('horse')
    })
  }
})

describe('auditKey', () => {
  it('refuses what is too short, and does not show it', async () => {
    const options = { backend: new MemorySessionBackend(), cleanup: false, auditKey: 'a short key' } as const
    const error = await expectError('OPTION_INVALID', () => new SessionManager(options))
    expect(error.message).to.contain('auditKey').and.not.to.contain('short key')
  })
})

describe('the size of data', () => {
  it('has a limit, in bytes', async () => {
    const { manager } = open()
    await manager.set('a', { text: 'x'.repeat(1024 * 1024 - 11) })
    await expectError('DATA_TOO_LARGE', () => manager.set('b', { text: 'x'.repeat(1024 * 1024 - 10) }))
    await expectError('DATA_TOO_LARGE', () => manager.set('b', { text: 'ż'.repeat(600_000) }))
    expect(await manager.get('b')).to.equal(undefined)
  })

  it('has the limit of the option', async () => {
    const backend = new MemorySessionBackend()
    const manager = new SessionManager({ backend, cleanup: false, maxDataBytes: 20 })
    await manager.set('a', { text: '123456789' })
    await expectError('DATA_TOO_LARGE', () => manager.set('a', { text: '1234567890' }))
    expect(await manager.get('a')).to.include({ text: '123456789' })
    for (const maxDataBytes of [0, 1.5, '5', Number.NaN] as never[]) {
      await expectError('OPTION_INVALID', () => new SessionManager({ backend, cleanup: false, maxDataBytes }))
    }
  })
})
