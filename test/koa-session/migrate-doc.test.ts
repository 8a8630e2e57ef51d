import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import Koa from 'koa'
import { session } from 'koa-session-model'
import { memory } from '../koa/support/site.js'
import { root } from '../package/support/project.js'
import { expectError } from '../support/errors.js'
import { warned } from '../support/warned.js'
import { type Feature, features, slowAgainst } from './features.js'
import { type BothSite, ourSite, theirSite } from './support/both-sites.js'

const page = readFileSync(join(root, 'docs/migrate-from-koa-session.md'), 'utf8')

/** The rows of the table whose first heading this is, cell by cell. */
function rowsOf(heading: string): string[][] {
  const lines = page.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
}

const slow: Readonly<Record<string, Feature>> = {
  'parallel requests that change different properties': {
    ...slowAgainst((ctx) => {
      ctx.session.fast = true
    }),
    theirs: [true, null, 1],
    ours: [true, true, 1],
  } as Feature,
  'a logout while a slower request writes': {
    ...slowAgainst((ctx) => Object.assign(ctx, { session: null })),
    theirs: [true, null, 1],
    ours: [null, null, 0],
  } as Feature,
}

/** Rows that a test of their own, elsewhere or below, holds. */
const elsewhere: Readonly<Record<string, string>> = {
  'a change after the response': 'test/koa/late-changes.test.ts',
  reading: 'test/koa/as-koa-session.test.ts',
  writing: 'test/koa/as-koa-session.test.ts',
  '`app.context.session`': 'test/koa/as-koa-session.test.ts',
  'the event `session:missed`': 'test/koa/as-koa-session.test.ts',
}

const all = { ...features, ...slow }

async function observe(site: BothSite, { act }: Feature): Promise<unknown> {
  if (act) return act(site)
  return ((await site.visitor.json('/')) as { seen?: unknown }).seen
}

describe('docs/migrate-from-koa-session.md', () => {
  const rows = rowsOf('on `ctx.session`')

  it('has a row for each feature that is tried here or elsewhere, and no other', () => {
    expect(rows.map(([name]) => name)).to.have.members([...Object.keys(all), ...Object.keys(elsewhere)])
    for (const file of Object.values(elsewhere)) readFileSync(join(root, file))
  })

  it('says "the same" where it is, and nowhere else', () => {
    const same = rows.filter(([, , here]) => here?.startsWith('the same')).map(([name]) => name)
    const tried = Object.keys(all).filter((name) => same.includes(name))
    const equal = Object.entries(all).filter(([name, { ours }]) => ours === undefined || name === '`toJSON()`')
    expect(tried).to.have.members(equal.map(([name]) => name))
  })

  for (const [name, feature] of Object.entries(all)) {
    it(`tells what koa-session does: ${name}`, async () => {
      expect(await observe(await theirSite(feature.handlers), feature)).to.deep.equal(feature.theirs)
    })

    it(`tells what is here: ${name}`, async () => {
      const expected = 'ours' in feature ? feature.ours : feature.theirs
      await warned('KOA_SESSION_MODEL_PRIVATE_NAME', async () => {
        expect(await observe(await ourSite(feature.handlers), feature)).to.deep.equal(expected)
      })
    })
  }

  it('has the codes that its rows name', () => {
    const codes = rows.map(([name = '', , here = '']) => [name, /\(`([A-Z_]+)`\)/.exec(here)?.[1]] as const)
    for (const [name, code] of codes) {
      const { ours } = all[name] ?? {}
      if (code && Array.isArray(ours)) expect(ours, name).to.include(code)
    }
  })

  /** Options that are options here too. */
  const ours = ['key', 'maxAge', 'rolling']

  for (const [cell = '', here = ''] of rowsOf('option')) {
    const names = [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).filter((name) => !ours.includes(name))
    for (const name of names) {
      it(`tells what to write instead of the option ${name}, as the error does`, async () => {
        const error = await expectError('OPTION_UNKNOWN', () => session({ backend: memory(), [name]: true } as never))
        expect(error.message).to.contain(`no option '${name}'`)
        if (here.startsWith('`cookie')) expect(error.message).to.contain(`cookie: { ${name}: … }`)
      })
    }
  }

  it('tells what to write instead of session(options, app), as the error does', async () => {
    const untyped = session as unknown as (...values: unknown[]) => unknown
    const error = await expectError('OPTION_INVALID', () => untyped({ key: 'sid' }, new Koa()))
    expect(error.message).to.contain('app.use(session({ model: Sessions }))')
  })
})
