import { expect } from 'chai'
import { optionSpecs } from '../../../src/core/options/option-specs.js'
import { read } from '../../package/support/project.js'

/** How the documentation says a default that is no plain value. */
const words: Readonly<Record<string, string>> = {
  keepChanges: 'status below 500',
  maxDataBytes: '1 MiB',
  serializer: 'JSON',
  merge: 'the later commit wins',
}

const page = read('docs/getting-started.md')
const table = page.slice(page.indexOf('\n## Options\n'), page.indexOf('\nOptions are checked once'))
const rows = new Map([...table.matchAll(/^\| `(\w+)` \| (.*?) \|/gm)].map(([, name = '', cell = '']) => [name, cell]))

describe('the options', () => {
  for (const [name, spec] of Object.entries(optionSpecs)) {
    it(`${name} has the default that docs/getting-started.md says`, () => {
      const { default: value } = spec
      const code = typeof value === 'string' ? `\`'${value}'\`` : `\`${String(value)}\``
      expect(rows.get(name)).to.equal(words[name] ?? code)
    })

    it(`${name} takes its own default, and tells what it takes`, () => {
      expect(spec.resolve(name, undefined)).to.not.equal(undefined)
      expect(() => spec.resolve(name, Symbol('no such value') as never))
        .to.throw(name)
        .with.property('code', 'OPTION_INVALID')
      expect(spec.takes).to.be.a('string').and.not.equal('')
    })
  }
})
