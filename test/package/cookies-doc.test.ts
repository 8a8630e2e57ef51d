import { inspect } from 'node:util'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager } from 'koa-session-model'
import { read } from './support/project.js'

const page = read('docs/cookies.md')
const source = read('src/core/options/cookie-options.ts')
const members = source.match(/export interface SessionCookieOptions \{(.*?)\n\}/s)?.[1] ?? ''
const names = [...members.matchAll(/^ {2}readonly (\w+)\?: /gm)].map(([, name = '']) => name)

/** The cells of the rows whose first cell is in backquotes. */
const rows = [...page.matchAll(/^\| `([\w.]+)` \| (.*) \|$/gm)].map(([, name = '', cells = '']) => ({
  name,
  cells: cells.split(' | '),
}))

describe('docs/cookies.md', () => {
  const manager = new SessionManager({ backend: new MemorySessionBackend(), cleanup: false })
  const cookie = manager.options.cookie as Readonly<Record<string, unknown>>
  manager.close()

  it('has each attribute of the cookie, and no other', () => {
    expect(names).to.have.members([...Object.keys(cookie), 'domain', 'priority'])
    const shown = rows.map(({ name }) => name).filter((name) => name.startsWith('cookie.'))
    expect(shown).to.have.members(names.map((name) => `cookie.${name}`))
  })

  for (const { name, cells } of rows) {
    it(`tells of ${name}: its default, its meaning, and what browsers do`, () => {
      expect(cells).to.have.length(3)
      for (const cell of cells) expect(cell.trim()).not.to.equal('')
    })
  }

  for (const name of names) {
    it(`has the default of cookie.${name}`, () => {
      const value = cookie[name]
      const shown = value === undefined ? /^none\b/ : new RegExp(`^\`${inspect(value)}\`$`)
      expect(rows.find((row) => row.name === `cookie.${name}`)?.cells[0]).to.match(shown)
    })
  }

  it('is linked where the options are listed', () => {
    expect(read('docs/getting-started.md')).to.match(/^\| `cookie` \|.*\(cookies\.md#attributes-of-the-cookie\)/m)
  })
})
