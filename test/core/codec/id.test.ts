import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { createId, hashId, idLength, isWellFormedId } from '../../../src/core/codec/id.js'

describe('ids', () => {
  it('have the random bytes that were asked for, as base64url', () => {
    for (const bytes of [16, 24, 32, 33, 64]) {
      const id = createId(bytes)
      expect(Buffer.from(id, 'base64url')).to.have.length(bytes)
      expect(id).to.have.length(idLength(bytes))
      expect(isWellFormedId(id)).to.equal(true)
    }
  })

  it('do not repeat', () => {
    expect(new Set(Array.from({ length: 1000 }, () => createId(16)))).to.have.property('size', 1000)
  })

  it('are only well formed with 16 to 64 bytes of base64url', () => {
    const good = createId(32)
    const bad = [
      '',
      'a'.repeat(21),
      'a'.repeat(87),
      `${good}=`,
      ` ${good}`,
      `${good}\n`,
      good.replace(/.$/, '+'),
      'é'.repeat(43),
    ]
    for (const value of [...bad, undefined, null, 42, [good]])
      expect(isWellFormedId(value), String(value)).to.equal(false)
  })

  it('are hashed with SHA-256, as lower-case hex', () => {
    expect(hashId('abc')).to.equal(createHash('sha256').update('abc').digest('hex'))
  })
})
