import { inspect } from 'node:util'
import { expect } from 'chai'
import { bearer, cookie, MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { expectError } from '../../support/errors.js'

const resolve = (policy: Readonly<Record<string, unknown>>): SessionManager =>
  new SessionManager({ backend: new MemorySessionBackend(), cleanup: false, ...(policy as SessionPolicy) })

describe('the option transport', () => {
  const read = () => undefined

  it('is a frozen list, of the cookie by default', () => {
    const mine = { read }
    const token = bearer()
    expect(resolve({}).options.transport).to.deep.equal(['cookie'])
    expect(resolve({ transport: mine }).options.transport[0]).to.equal(mine)
    expect(resolve({ transport: [token, cookie()] }).options.transport).to.deep.equal([token, 'cookie'])
    expect(resolve({ transport: [token, 'cookie'] }).options.transport).to.be.frozen
  })

  const refused: readonly [value: unknown, message: RegExp][] = [
    [[], /an empty list/],
    ['bearer', /Give bearer\(\)/],
    [bearer, /Give bearer\(\)/],
    [cookie, /Give cookie\(\)/],
    ['cookies', /Give 'cookie', bearer\(\)/],
    [{}, /Give 'cookie', bearer\(\)/],
    [{ read: true }, /Give/],
    [{ read, write: true }, /Give/],
    [{ read, vary: 'Authorization' }, /Give/],
    [{ read, vary: [5] }, /Give/],
    [{ read, vary: ['X-Id, X-Other'] }, /Give/],
    [{ read, vary: [''] }, /Give/],
    [{ read, answers: true }, /Give/],
    [[bearer(), bearer({ header: 'X-Id' })], /twice/],
    [['cookie', cookie()], /twice/],
    [[bearer(), undefined], /Give/],
    [null, /Give/],
  ]
  for (const [value, message] of refused) {
    it(`refuses ${inspect(value, { breakLength: Number.POSITIVE_INFINITY })}`, async () => {
      const error = await expectError('OPTION_INVALID', () => resolve({ transport: value }))
      expect(error.message)
        .to.match(/transport/)
        .and.to.match(message)
    })
  }

  it('refuses options of the cookie if the cookie is no transport', async () => {
    const ofCookie = { key: 'id', cookie: { sameSite: 'strict' }, adopt: { cookie: 'connect.sid', secret: 'x' } }
    for (const [name, value] of Object.entries(ofCookie)) {
      const error = await expectError('OPTION_INVALID', () => resolve({ transport: bearer(), [name]: value }))
      expect(error.message).to.include(`The option ${name} is given`)
      expect(() => resolve({ transport: [bearer(), cookie()], [name]: value })).to.not.throw()
    }
  })

  it("refuses hashIds: 'migrate' with a transport that cannot send the new id", async () => {
    for (const transport of [bearer(), [cookie(), bearer()], { read }]) {
      await expectError('OPTION_INVALID', () => resolve({ transport, hashIds: 'migrate' }))
    }
    expect(() => resolve({ transport: [bearer({ header: 'X-Id' }), cookie()], hashIds: 'migrate' })).to.not.throw()
  })
})

describe('the options of bearer()', () => {
  it('take a response header that has no other meaning', async () => {
    for (const header of ['', 'X Id', 'X-Id:', 'x\n', 'Set-Cookie', 'vary', 'Location', 'Content-Type', 5, null, 'é']) {
      await expectError('OPTION_INVALID', () => bearer({ header: header as string }))
    }
    expect(bearer({ header: 'X-Session-Id' })).to.have.property('write')
    expect(bearer()).to.not.have.property('write')
  })

  it('are known', async () => {
    const error = await expectError('OPTION_UNKNOWN', () => bearer({ headers: 'X-Id' } as never))
    expect(error.message).to.include('Did you mean header?')
    await expectError('OPTION_INVALID', () => bearer({ answers: true as never }))
    await expectError('OPTION_INVALID', () => bearer('X-Id' as never))
  })
})
