import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionRow } from 'koa-session-model'

/** What encryption does not stop: the data is bound to its row, all else of a row can be written by who writes to the table. */
describe('known weakness: with encryption, one who writes to the table', () => {
  const backend = new MemorySessionBackend<{ userId: number | null }>({ userId: null })
  const manager = new SessionManager({ backend, cleanup: false, encryptionKeys: [randomBytes(32)] })

  async function rowOf(id: string): Promise<SessionRow> {
    const [row] = await backend.find([manager.rowId(id)])
    if (!row) throw new Error(`There is no row of ${id}.`)
    return row
  }

  async function put(id: string, data: string | null): Promise<void> {
    const row = await rowOf(id)
    await backend.update([{ id: row.id, version: row.version, now: new Date(0), values: { data } }])
  }

  it('can put plain data or NULL in place of encrypted data, as plain rows are taken until they are written', async () => {
    await manager.set('a', { role: 'guest' })
    await put('a', '{"role":"admin"}')
    expect(await manager.get('a')).to.include({ role: 'admin' })
    await put('a', null)
    expect({ ...(await manager.get('a')) }).to.deep.equal({ userId: null })
  })

  it('can put back what the same row held before', async () => {
    await manager.set('a', { credit: 100 })
    const { data } = await rowOf('a')
    await manager.set('a', { credit: 0 })
    await put('a', data)
    expect(await manager.get('a')).to.include({ credit: 100 })
  })
})
