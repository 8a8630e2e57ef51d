import { expect } from 'chai'
import { describe, it } from 'mocha'
import { asciiJson, charsetOf, fits, isNarrow } from '../../src/model/charsets.js'

describe('character sets', () => {
  it('are told by their own name, or by that of a collation', () => {
    expect(charsetOf('UTF8MB4')).to.equal('utf8mb4')
    expect(charsetOf(undefined, 'latin1_swedish_ci')).to.equal('latin1')
    expect(charsetOf('', 'utf8mb4_bin')).to.equal('utf8mb4')
    expect(charsetOf(undefined, 'uca1400_ai_ci')).to.equal(undefined)
    expect(charsetOf(undefined)).to.equal(undefined)
    expect(['utf8mb4', 'binary', undefined].filter(isNarrow)).to.deep.equal([])
    expect(['utf8', 'utf8mb3', 'latin1', 'ascii', 'ucs2', 'cp1250'].every(isNarrow)).to.equal(true)
  })

  it('hold some texts', () => {
    expect([fits('żó 日本', 'utf8mb3'), fits('🐎', 'utf8mb3'), fits('🐎', 'ucs2')]).to.deep.equal([true, false, false])
    expect([fits('é €', 'latin1'), fits('ż', 'latin1'), fits('🐎', 'latin1')]).to.deep.equal([true, false, false])
    expect([fits('abc\0', 'ascii'), fits('é', 'ascii'), fits('ż', 'cp1250')]).to.deep.equal([true, false, false])
  })

  it('all hold JSON, with escapes that mean the same', () => {
    const value = { 'ż"\\': '🐎 é \u2028', n: [1, '\ud800'] }
    const text = asciiJson(JSON.stringify(value)) ?? ''
    expect(text).to.match(/^[ -~]*$/)
    expect(JSON.parse(text)).to.deep.equal(value)
    expect(asciiJson('no JSON: ż')).to.equal(undefined)
  })
})
