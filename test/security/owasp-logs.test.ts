import { inspect } from 'node:util'
import { expect } from 'chai'
import { eventMessages, eventNames, traces } from '../support/channels.js'
import { everyDatabase, type Handlers, onEach, type Site } from './support/site.js'

/** All that an app could log: events, the messages of channels, errors that Koa reports, and the session itself. */
function logOf({ manager, errors }: Site): () => string {
  const log: unknown[] = [errors, eventMessages(), traces('load'), traces('commit'), traces('cleanup')]
  for (const name of eventNames) manager.on(name, (event) => log.push(event))
  return () => inspect(log, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null })
}

const handlers: Handlers = {
  '/fail': (ctx) => {
    Object.assign(ctx.session, { userId: 'N0TANUMBER', label: 'L0NG'.repeat(100), secret: 'S3CRET' })
  },
  '/show': (ctx) => {
    ctx.body = { shown: inspect(ctx.session, { depth: 9, showHidden: true }) + JSON.stringify(ctx.session) }
  },
}

describe('OWASP: logs carry a keyed hash of the id, never the id', () => {
  onEach(everyDatabase, (start) => {
    it('no event has an id, what a row is found by, or data; all name the session by one hash', async () => {
      const site = await start({}, { auditKey: 'an audit key of the app' })
      const log = logOf(site)
      const sessions = new Set<string | null>()
      site.manager.on('loaded', ({ session }) => sessions.add(session))
      const visitor = site.browser()
      await visitor.json('/visit')
      const ids = [visitor.id]
      await visitor.json('/login')
      ids.push(visitor.id)
      for (let n = 0; n < 3; n++) await visitor.json('/me')
      await visitor.json('/logout')
      expect(log()).to.contain('previous')
      for (const id of ids) for (const secret of [id, site.manager.rowId(id)]) expect(log()).not.to.contain(secret)
      expect(log()).not.to.match(/book|of the user|user 1/)
      expect(sessions).to.have.property('size', 2)
      for (const name of sessions) expect(name).to.match(/^[\w-]{16}$/)
    })

    it('no error of the database has an id, what a row is found by, data or a column', async () => {
      const site = await start(handlers)
      const log = logOf(site)
      const visitor = site.browser()
      await visitor.json('/login')
      const status = await visitor.status('/fail')
      expect(status).to.be.oneOf([200, 503]) // SQLite takes any value in any column
      expect(site.errors).to.have.length(status === 200 ? 0 : 1)
      for (const secret of ['S3CRET', 'L0NG', 'N0TANUMBER', visitor.id, site.manager.rowId(visitor.id)]) {
        expect(log()).not.to.contain(secret)
      }
    })

    it('a session that is logged or sent shows its properties, and no id', async () => {
      const { browser } = await start(handlers)
      const visitor = browser()
      await visitor.json('/login')
      const { shown } = await visitor.json('/show')
      expect(shown).to.contain('of the user').and.not.to.contain(visitor.id)
    })
  })
})
