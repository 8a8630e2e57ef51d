import { expect } from 'chai'
import { MemorySessionBackend } from 'koa-session-model'
import { type KnownOptions, optionSpecs } from '../../../src/core/options/option-specs.js'
import { read } from '../../package/support/project.js'

/** How the documentation says a default that is no plain value. */
const words: Readonly<Record<string, string>> = {
  keepChanges: 'status below 500',
  maxDataBytes: '1 MiB',
  serializer: 'JSON',
  merge: 'the later commit wins',
  absoluteTimeout: 'none',
  lastSeen: "`{ every: '1m' }`",
  exclude: 'none',
  limit: 'none',
  adopt: 'none',
  cookie: 'HttpOnly, SameSite=Lax, path `/`, Secure on HTTPS',
  clearSiteData: '`false`',
  encryptionKeys: 'none: plain',
  auditKey: 'random',
  cleanup: 'every 15 minutes, 200 rows at a time',
  now: '`Date.now`',
}

const page = read('docs/getting-started.md')
const table = page.slice(page.indexOf('\n## Options\n'), page.indexOf('\nOptions are checked once'))
const rows = new Map(
  [...table.matchAll(/^\| `(\w+)` (?:or `\w+` )?\| (.*?) ?\|/gm)].map(([, name = '', cell = '']) => [name, cell]),
)
const known: KnownOptions = { backend: new MemorySessionBackend(), key: 'sid', idBytes: 32 }

describe('the options', () => {
  it('are those of docs/getting-started.md', () => {
    expect([...rows.keys()]).to.have.members(['model', ...Object.keys(optionSpecs)])
  })

  for (const [name, spec] of Object.entries(optionSpecs)) {
    it(`${name} has the default that docs/getting-started.md says`, () => {
      const { default: value } = spec
      const code = typeof value === 'string' ? `\`'${value}'\`` : `\`${String(value)}\``
      expect(rows.get(name)).to.equal(words[name] ?? code)
    })

    it(`${name} takes its own default, and tells what it takes`, () => {
      expect(spec.resolve(name, undefined, known)).to.not.equal(undefined)
      const wrong = Symbol('no such value') as never
      expect(() => spec.resolve(name, wrong, known))
        .to.throw(name)
        .with.property('code', 'OPTION_INVALID')
      expect(spec.takes).to.be.a('string').and.not.equal('')
    })
  }

  for (const name of ['merge', 'exclude', 'clearSiteData', 'auditKey', 'now'] as const) {
    it(`${name} says in its error what it takes`, () => {
      const { resolve, takes } = optionSpecs[name]
      expect(() => resolve(name, 5 as never, known)).to.throw(`Give ${takes}.`)
    })
  }
})
