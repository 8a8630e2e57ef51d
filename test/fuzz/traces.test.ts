import { serialize } from 'node:v8'
import { deflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import fc from 'fast-check'
import { MemorySessionBackend, SessionError, SessionManager } from 'koa-session-model'
import { deriveKey, encrypt } from '../../src/core/codec/cipher.js'
import { forwardingIdOf } from '../../src/core/repository/former-ids.js'
import { Clock } from '../support/clock.js'
import { openSession } from '../support/open-session.js'
import { holds, isLong, sizeOf } from './support/sizes.js'
import { withMeta } from './support/stored-text.js'
import { Tally } from './support/tally.js'

/** The encrypted part of a trace that holds the session, or that tells where it leads. */
type Part = 'snapshot' | 'trace'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const notEncrypted = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map(base64),
  fc.constantFrom(null, true, false, 0, 5, '', '!!', 'AAAA', [], ['a']),
)
const part = fc.constantFrom<Part>('snapshot', 'trace')

/** What somebody can encrypt who knows the id. */
const good = serialize({ data: '{}', meta: {}, columns: { userId: 42 } })
const value = fc.anything({ withDate: true, withMap: true, withTypedArray: true })
const encrypted = fc.oneof(
  fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => deflateRawSync(good.with(at, byte))),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => deflateRawSync(Buffer.concat([good.subarray(0, 2), bytes]))),
  fc.uint8Array({ maxLength: 40 }),
  value.map((content) => deflateRawSync(serialize(content))),
  fc.record({ data: value, meta: value, columns: value }).map((content) => deflateRawSync(serialize(content))),
  fc
    .record({ data: fc.string(), meta: fc.object(), columns: value })
    .map((content) => deflateRawSync(serialize(content))),
)

describe('any corruption of the trace of a replaced id', function () {
  if (isLong) this.timeout(0)

  it('is DATA_CORRUPT, or a session', async () => {
    const tally = new Tally('Corrupted traces')
    const backend = new MemorySessionBackend<{ userId: number | null }>({ userId: null })
    const manager = new SessionManager({ backend, cleanup: false, now: new Clock().now })
    const { id, row } = await replacedSession(manager, backend)
    const seal = (bytes: Uint8Array): string => encrypt(deriveKey(id, undefined, 'snapshot'), row.id, bytes)
    const changes = fc.oneof(
      fc.tuple(part, notEncrypted),
      encrypted.map((bytes): [Part, unknown] => ['snapshot', seal(bytes)]),
    )
    const property = fc.asyncProperty(changes, async ([name, text]) => {
      const data = withMeta(row.data ?? '', (meta) => ({ ...meta, [name]: text }))
      await backend.delete([row.id])
      await backend.insert([{ ...row, data }])
      tally.count(await look(manager, id))
    })
    await holds(property, sizeOf('traces'))
    tally.close('DATA_CORRUPT', 'a session')
  })
})

type Backend = MemorySessionBackend<{ userId: number | null }>
type Manager = SessionManager<{ userId: number | null }>

/** A session whose id was replaced, and the trace under the old one. */
async function replacedSession(manager: Manager, backend: Backend) {
  const session = await openSession(manager)
  session.properties.set('userId', 1)
  await session.save()
  const { id } = session
  await session.regenerate()
  await session.save()
  const [row] = await backend.find([forwardingIdOf(manager.rowId(id), manager.options)])
  if (!row) throw new Error('There is no trace.')
  return { id, row }
}

async function look(manager: Manager, id: string): Promise<string> {
  try {
    const session = await openSession(manager, id)
    expect(session.isNew).to.equal(false)
    session.properties.toObject()
    return 'a session'
  } catch (error) {
    if (error instanceof SessionError) return error.code
    throw error
  }
}
