import { inspect } from 'node:util'
import { expect } from 'chai'
import { redact } from '../../../src/core/backend/redact.js'

const messages: Readonly<Record<string, string>> = {
  "Duplicate entry 'it's S3CRET' for key 'PRIMARY'": "Duplicate entry (hidden) for key 'PRIMARY'",
  "Incorrect integer value: 'S3CRET' for column `test`.`t`.`userId` at row 1":
    'Incorrect integer value: (hidden) for column `test`.`t`.`userId` at row 1',
  "Truncated incorrect DOUBLE value: 'S3CRET'": 'Truncated incorrect DOUBLE value: (hidden)',
  "Data too long for column 'label' at row 1": "Data too long for column 'label' at row 1",
  'invalid input syntax for type integer: "S3CRET "x""': 'invalid input syntax for type integer: (hidden)',
  'value "S3CRET" is out of range for type integer': 'value (hidden) is out of range for type integer',
  'duplicate key value violates unique constraint "PK_1"': 'duplicate key value violates unique constraint "PK_1"',
  "(conn:5, no: 1406) Data too long for column 'label' at row 1\nsql: INSERT INTO t - parameters:['S3CRET\n    at x']":
    "(conn:5, no: 1406) Data too long for column 'label' at row 1",
  "You have an error in your SQL syntax; check the manual near ''S3CRET' WHERE 1' at line 1":
    'You have an error in your SQL syntax; check the manual near (hidden)',
  '"S3CRET" is not a valid integer': '(hidden) is not a valid integer',
  [`invalid input syntax for type integer: "S3CRET${'x" value "'.repeat(200_000)}"`]:
    'invalid input syntax for type integer: (hidden)',
  [`Duplicate entry 'a' for S3CRET ${"' value '".repeat(1000)}' for key 'PRIMARY'`]: 'Duplicate entry (hidden)',
}

describe('the message of an error of the database', () => {
  for (const [message, expected] of Object.entries(messages)) {
    it(`holds no value of the statement: ${message.slice(0, 40)} → ${expected}`, () => {
      const parent = new Error(message)
      const error = Object.assign(new Error(message), { parent, sqlMessage: message, where: message })
      redact(error)
      expect(error.message).to.equal(expected)
      expect(parent.message).to.equal(expected)
      expect(inspect(error, { showHidden: true })).not.to.contain('S3CRET')
      expect(error.stack).to.match(/^Error: .*\n {4}at .*redact\.test/s)
    })
  }

  it('holds no value where it is an item of an error', () => {
    const item = { message: '"S3CRET" is not a valid integer', value: 'S3CRET' }
    redact(Object.assign(new Error('x'), { errors: [item] }))
    expect(item).to.deep.equal({ message: '(hidden) is not a valid integer' })
  })

  it('is left alone where it is not an error', () => {
    for (const value of [undefined, null, 'text', 5]) expect(() => redact(value)).not.to.throw()
    const circle: { cause?: unknown; sql: string } = { sql: 'S3CRET' }
    circle.cause = circle
    redact(circle)
    expect(Object.keys(circle)).to.deep.equal(['cause'])
  })
})
