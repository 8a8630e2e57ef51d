import { serialize } from 'node:v8'
import { expect } from 'chai'
import fc from 'fast-check'
import { MemorySessionBackend, SessionError, SessionManager } from 'koa-session-model'
import { Clock } from '../support/clock.js'
import { holds, isLong, sizeOf } from './support/sizes.js'
import { withMeta } from './support/stored-text.js'
import { Tally } from './support/tally.js'

const good = serialize({ userId: 42 })

/** What the trace of a replaced id may say that the columns were. */
const columns = fc.oneof(
  fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => good.with(at, byte)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.concat([good.subarray(0, 2), bytes])),
  fc.uint8Array({ maxLength: 40 }),
  fc.anything({ withDate: true, withMap: true, withTypedArray: true }).map((value) => serialize(value)),
)
const anyColumns = fc.oneof(
  columns.map((bytes) => Buffer.from(bytes).toString('base64')),
  fc.constantFrom(null, true, false, 0, 5, '', '!!', 'AAAA'),
)

describe('any corruption of the trace of a replaced id', function () {
  if (isLong) this.timeout(0)

  it('is DATA_CORRUPT, or a session', async () => {
    const tally = new Tally('Corrupted traces')
    const backend = new MemorySessionBackend<{ userId: number | null }>({ userId: null })
    const manager = new SessionManager({ backend, cleanup: false, now: new Clock().now })
    const { id, row } = await replacedSession(manager, backend)
    const property = fc.asyncProperty(anyColumns, async (columns) => {
      const data = withMeta(row.data ?? '', (meta) => ({ ...meta, trace: withColumns(meta.trace, columns) }))
      await backend.delete([row.id])
      await backend.insert([{ ...row, data }])
      tally.count(await look(manager, id))
    })
    await holds(property, sizeOf('traces'))
    tally.close('DATA_CORRUPT', 'a session')
  })
})

/** The content of a trace with other columns; what is no text stands for the whole content. */
function withColumns(trace: unknown, columns: unknown): unknown {
  if (typeof columns !== 'string') return columns
  const content: object = JSON.parse(Buffer.from(String(trace), 'base64').toString('utf8'))
  return Buffer.from(JSON.stringify({ ...content, columns })).toString('base64')
}

type Backend = MemorySessionBackend<{ userId: number | null }>
type Manager = SessionManager<{ userId: number | null }>

/** A session whose id was replaced, and the trace under the old one. */
async function replacedSession(manager: Manager, backend: Backend) {
  const session = await manager.open()
  session.properties.set('userId', 1)
  await session.save()
  const { id } = session
  await session.regenerate()
  await session.save()
  const [row] = await backend.find([`~${manager.rowId(id).slice(1)}`])
  if (!row) throw new Error('There is no trace.')
  return { id, row }
}

async function look(manager: Manager, id: string): Promise<string> {
  try {
    const session = await manager.open(id)
    expect(session.isNew).to.equal(false)
    session.properties.toObject()
    return 'a session'
  } catch (error) {
    if (error instanceof SessionError) return error.code
    throw error
  }
}
