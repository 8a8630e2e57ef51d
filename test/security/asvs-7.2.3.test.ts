import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { memory } from '../koa/support/site.js'
import { expectError } from '../support/errors.js'
import { bothOrms, onEach, type Start } from './support/site.js'

/** What `node:crypto` was asked for while `act` ran. */
async function randomBytesDuring(act: () => Promise<unknown>): Promise<Buffer[]> {
  const { randomBytes } = crypto
  const given: Buffer[] = []
  const watched = (size: number): Buffer => {
    const bytes = randomBytes(size)
    given.push(bytes)
    return bytes
  }
  Object.assign(crypto, { randomBytes: watched })
  syncBuiltinESMExports()
  try {
    await act()
  } finally {
    Object.assign(crypto, { randomBytes })
    syncBuiltinESMExports()
  }
  return given
}

async function idAndSources(start: Start, idBytes?: number) {
  const visitor = (await start({}, idBytes === undefined ? {} : { idBytes })).browser()
  const given = await randomBytesDuring(() => visitor.json('/login'))
  const sources = given.filter((bytes) => bytes.toString('base64url') === visitor.id)
  return { id: visitor.id, sources }
}

describe('ASVS 7.2.3: a token has at least 128 bits of a CSPRNG', () => {
  onEach(bothOrms, (start) => {
    it('an id is 256 random bits of node:crypto and nothing else, unless the app says otherwise', async () => {
      const { id, sources } = await idAndSources(start)
      expect(sources).to.have.length(1)
      expect(sources[0]?.length).to.equal(32)
      expect(id).to.match(/^[\w-]{43}$/)
    })

    it('an id has 128 random bits at the least', async () => {
      const { id, sources } = await idAndSources(start, 16)
      expect(sources[0]?.length).to.equal(16)
      expect(id).to.match(/^[\w-]{22}$/)
    })
  })

  it('fewer than 128 bits are refused when the app starts', async () => {
    for (const idBytes of [15, 0, -1, 16.5, '32'] as number[]) {
      await expectError('OPTION_INVALID', () => new SessionManager({ backend: memory(), cleanup: false, idBytes }))
    }
  })
})
