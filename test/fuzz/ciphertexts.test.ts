import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import { SessionError, type SessionManager } from 'koa-session-model'
import { decodeRow } from '../../src/core/codec/session-meta.js'
import { openSession } from '../support/open-session.js'
import { corruptions } from './support/corruptions.js'
import { type Columns, type EncryptedTable, encryptedTable } from './support/encrypted-table.js'
import { holds, isLong, sizeOf } from './support/sizes.js'
import { Tally } from './support/tally.js'

const codes = ['DATA_CORRUPT', 'KEY_UNKNOWN']

describe('any corruption of an encrypted row', function () {
  if (isLong) this.timeout(0)

  it('is refused; changes of meta data alone show the right data, or none', async () => {
    const tally = new Tally('Corrupted ciphertexts')
    const table = await encryptedTable()
    const { ids, manager, strangers, rowOf } = table
    const rows = await Promise.all(ids.map(rowOf))
    const keys = rows.map((row) => decodeRow(row).meta.key ?? '')
    const id = fc.constantFrom(...ids)
    const property = fc.asyncProperty(id, id, corruptions(keys), async (id, other, { name, apply }) => {
      const [row, another] = [await rowOf(id), await rowOf(other)]
      const data = apply(row.data ?? '', another.data ?? '')
      if (data === row.data) return tally.count('without effect, not counted')
      await put(table, id, data)
      const isHeadOnly = isSameText(decodeRow(row), decodeRow({ ...row, data }))
      const outcome = await read(manager, id)
      if (isHeadOnly) expectOwnOrNone(outcome, table.contentOf(id))
      else expect(outcome.code, `${name} of ${row.data}: ${data}`).to.be.oneOf(codes)
      for (const stranger of strangers) expect((await read(stranger, id)).content).to.equal(undefined)
      expect((await rowOf(id)).data).to.equal(data)
      await put(table, id, row.data)
      tally.count(
        isHeadOnly
          ? `only meta data differ: ${outcome.code ?? (outcome.content ? 'own data' : 'no session')}`
          : `refused, ${outcome.code}`,
      )
      tally.count('tried')
      tally.count(`of these ${name.split(':')[0]}`)
    })
    await holds(property, sizeOf('ciphertexts'))
    tally.close('refused, DATA_CORRUPT', 'refused, KEY_UNKNOWN', 'only meta data differ: own data')
  })
})

interface Outcome {
  readonly code?: string
  readonly content?: Record<string, unknown> | undefined
}

/** What a request would see of the session: its data, nothing, or an error. */
async function read(manager: SessionManager<Columns>, id: string): Promise<Outcome> {
  try {
    const session = await openSession(manager, id)
    return session.isNew ? {} : { content: { ...session.properties.toObject() } }
  } catch (error) {
    if (error instanceof SessionError) return { code: error.code }
    throw error
  }
}

function expectOwnOrNone({ code, content }: Outcome, own: Record<string, unknown>): void {
  expect(code).to.equal(undefined)
  if (content) expect(content).to.deep.equal(own)
}

function isSameText(a: ReturnType<typeof decodeRow>, b: ReturnType<typeof decodeRow>): boolean {
  return isDeepStrictEqual([a.data, a.meta.key], [b.data, b.meta.key])
}

async function put({ backend, rowOf }: EncryptedTable, id: string, data: string | null): Promise<void> {
  const { id: rowId, version } = await rowOf(id)
  const [written] = await backend.update([{ id: rowId, version, now: new Date(0), values: { data } }])
  expect(written).to.equal(true)
}
