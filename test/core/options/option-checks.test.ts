import { expect } from 'chai'
import { isClock, isCookieName, isSerializer } from '../../../src/core/options/option-checks.js'
import { assertKnown } from '../../../src/core/options/unknown-options.js'
import { check } from '../../../src/core/validation.js'
import { expectError } from '../../support/errors.js'

const boom = new Error('boom')
function fail(): never {
  throw boom
}

describe('checks of options', () => {
  it('name a value that cannot be written as text', async () => {
    for (const value of [Object.create(null), Symbol('key'), 10n, { toString: fail }]) {
      const error = await expectError('OPTION_INVALID', () => check('key', value, isCookieName, 'a name'))
      expect(error.message).to.match(/^The option key is .+\. Give a name\.$/)
    }
  })

  it('say what a function of the option has thrown', async () => {
    const serializer = { serialize: fail, deserialize: fail }
    for (const check of [
      checkSerializer(serializer),
      checkSerializer({ ...serializer, serialize: () => '' }),
      checkNow,
    ]) {
      const error = await expectError('OPTION_INVALID', check)
      expect(error.cause).to.equal(boom)
      expect(error.message).to.contain('boom')
    }
  })

  it('refuse options that are no object', async () => {
    for (const options of [Symbol('options'), 5, null, undefined]) {
      await expectError('OPTION_INVALID', () => assertKnown('session()', options as never, []))
    }
  })
})

const checkNow = () => check('now', fail, isClock, 'a function')
const checkSerializer = (serializer: object) => () => check('serializer', serializer, isSerializer, 'an object')
