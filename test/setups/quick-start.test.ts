import { expect } from 'chai'
import { read } from '../package/support/project.js'
import { packTarball, type Tarball } from '../package/support/tarball.js'
import { QuickStart } from './quick-start.js'

/** The part of each page that a new user copies: from its heading to the one that ends it. */
const parts = {
  'README.md': ['# koa-session-model', '## The example app'],
  'docs/getting-started.md': ['## Install', '## What is on `ctx.session`'],
} as const

describe('what a new user copies into an empty folder', function () {
  this.timeout(600_000)

  if (process.env.ALL_SETUPS !== '1') {
    it('runs, with ALL_SETUPS=1, since it installs packages from the registry')
    return
  }

  let tarball: Tarball

  before(async () => {
    tarball = await packTarball()
  })

  after(() => tarball?.remove())

  for (const [page, [from, to]] of Object.entries(parts)) {
    it(`runs, and answers as the page says: ${page}`, async () => {
      const text = between(read(page), from, to)
      const quickStart = new QuickStart(page, text, tarball.path)
      try {
        expect(await quickStart.follow()).to.equal(/^# (.*)$/m.exec(text.slice(text.lastIndexOf('```sh')))?.[1])
      } finally {
        await quickStart.remove()
      }
    })
  }
})

function between(text: string, from: string, to: string): string {
  const start = text.indexOf(`${from}\n`)
  const end = text.indexOf(`${to}\n`)
  expect(start, from).to.be.within(0, end)
  return text.slice(start, end)
}
