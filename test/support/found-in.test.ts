import { serialize } from 'node:v8'
import { deflateRawSync } from 'node:zlib'
import { expect } from 'chai'
import { isFoundIn } from '../support/found-in.js'

describe('the search for a text in a table', () => {
  const text = 'ann@example.com'
  const rows = (data: unknown) => [{ id: 'x', data, expires: new Date() }]
  const base64 = (content: string | Uint8Array): string => Buffer.from(content).toString('base64')

  it('finds it in every encoding that a row may have', () => {
    const json = JSON.stringify({ email: text, medical: 'asthma' })
    const serialized = serialize({ columns: { email: text } })
    const forms = [json, Buffer.from(json), base64(json), Buffer.from(json).toString('hex'), base64(serialized)]
    forms.push(base64(JSON.stringify({ columns: base64(serialized) })), base64(deflateRawSync(serialized)))
    forms.push(`{"$session":{"trace":"${base64(base64(json))}","replacedAt":1}}`)
    for (const form of forms) expect(isFoundIn(rows(form), text), String(form)).to.equal(true)
    expect(isFoundIn(rows(base64('nothing of the sort')), text)).to.equal(false)
  })
})
