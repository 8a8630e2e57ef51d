import { expect } from 'chai'
import { bearer, cookie } from 'koa-session-model'
import { https } from './support/browser.js'
import { bothOrms, everyDatabase, type Options, onEach } from './support/site.js'

const header = 'X-Session-Id'
const both: Options = { transport: [bearer({ header }), cookie()] }

describe('Transports: no request has two sessions, and no script sees the id of a cookie', () => {
  onEach(everyDatabase, (start) => {
    it('a bearer token opens the session of its id, on every database, until it is replaced or ends', async () => {
      const { url, clock } = await start({}, { transport: bearer({ header }) })
      const send = (path: string, id?: string) =>
        fetch(url + path, { headers: { ...https, ...(id === undefined ? {} : { Authorization: `Bearer ${id}` }) } })
      const first = `${(await send('/login?user=3')).headers.get(header)}`
      expect(await (await send('/me', first)).json()).to.include({ userId: 3, isNew: false })
      const second = `${(await send('/login?user=4', first)).headers.get(header)}`
      clock.pass(11)
      expect(await (await send('/me', first)).json()).to.include({ userId: null, isNew: true })
      expect(await (await send('/me', second)).json()).to.include({ userId: 4, isNew: false })
      const { headers } = await send('/logout', second)
      expect(headers.getSetCookie()).to.deep.equal([])
      expect(await (await send('/me', second)).json()).to.include({ userId: null, isNew: true })
    })
  })

  onEach(bothOrms, (start) => {
    it('a token of an attacker beside the cookie of a user is refused with 400, without a statement', async () => {
      const { browser, manager, takeStatements } = await start({}, both)
      const user = browser()
      await user.json('/login')
      const { id } = await manager.create({ userId: 666 })
      takeStatements()
      const response = await user.get('/me', { ...https, Authorization: `Bearer ${id}` })
      expect(response.status).to.equal(400)
      expect(await response.text())
        .to.not.include(id)
        .and.to.not.include(user.id)
      expect(takeStatements()).to.deep.equal([])
    })

    it('a request with a token that is no id is not opened by its cookie either', async () => {
      const { browser, takeStatements } = await start({}, both)
      const user = browser()
      await user.json('/login')
      takeStatements()
      const me = await user.json('/me', { ...https, Authorization: 'Bearer null' })
      expect(me).to.include({ userId: null, isNew: true })
      expect(takeStatements()).to.deep.equal([])
    })

    it('the id of a browser is in no header that scripts can read', async () => {
      const { browser } = await start({}, both)
      const user = browser()
      for (const path of ['/visit', '/login', '/demote', '/login']) {
        const { headers } = await user.get(path)
        const readable = [...headers].filter(([name]) => name !== 'set-cookie').join('\n')
        expect(readable).to.not.include(user.id)
      }
    })
  })
})
