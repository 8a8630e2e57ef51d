import { expect } from 'chai'
import { escapedName, unescapedName } from '../../../src/core/properties/escaped-names.js'
import { reservedNames } from '../../../src/core/properties/property-names.js'

describe('names that are escaped', () => {
  it('are the reserved ones, and each comes back as it was', () => {
    for (const name of reservedNames) {
      expect(reservedNames.has(escapedName(name))).to.equal(false)
      for (const one of [name, `$${name}`, `$$${name}`]) expect(unescapedName(escapedName(one))).to.equal(one)
    }
    const all = [...reservedNames].flatMap((name) => [name, `$${name}`, `$$${name}`])
    expect(new Set(all.map(escapedName)).size).to.equal(all.length)
  })

  it('are no others', () => {
    for (const name of ['', '$', 'cart', '$cart', 'id$', 'ID', '$ id', '__proto__']) {
      expect(escapedName(name)).to.equal(name)
      expect(unescapedName(name)).to.equal(name)
    }
  })
})
