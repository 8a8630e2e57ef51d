import { expect } from 'chai'
import { assertKnown } from '../../../src/core/options/unknown-options.js'
import { expectError } from '../../support/errors.js'

const names = ['maxAge', 'rolling', 'key', 'absoluteTimeout', 'onGone']

const messageFor = async (options: object): Promise<string> => {
  return (await expectError('OPTION_UNKNOWN', () => assertKnown('session()', options, names))).message
}

describe('an unknown option', () => {
  const meant = {
    maxage: 'maxAge',
    MaxAge: 'maxAge',
    max_age: 'maxAge',
    'max-age': 'maxAge',
    maxAgge: 'maxAge',
    mxaAge: 'maxAge',
    roling: 'rolling',
    keyy: 'key',
    absolutTimeut: 'absoluteTimeout',
    ongone: 'onGone',
  }
  for (const [name, near] of Object.entries(meant)) {
    it(`may be meant for another: ${name}`, async () => {
      expect(await messageFor({ [name]: 1 })).to.contain(`no option '${name}'. Did you mean ${near}?`)
    })
  }

  for (const name of ['', 'x', 'age', 'flash', '__proto', 'constructor', 'ä'.repeat(10_000)]) {
    it(`is meant for none: ${name.slice(0, 20)}`, async () => {
      expect(await messageFor({ [name]: 1 })).to.match(/'\. It has: maxAge, rolling, key, absoluteTimeout, onGone\.$/)
    })
  }

  it('is told by a hint, if there is one', async () => {
    const hints = new Map([['store', 'Write model.']])
    const { message } = await expectError('OPTION_UNKNOWN', () => assertKnown('here', { store: 1 }, names, hints))
    expect(message).to.equal("here has no option 'store'. Write model.")
    const near = await expectError('OPTION_UNKNOWN', () => assertKnown('here', { Store: 1 }, names, hints))
    expect(near.message).to.contain('Did you mean store? Write model.')
  })
})
