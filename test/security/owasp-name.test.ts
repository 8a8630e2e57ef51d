import { expect } from 'chai'
import { bothOrms, onEach } from './support/site.js'

describe('OWASP: the name of the cookie tells nothing of the software', () => {
  onEach(bothOrms, (start) => {
    it('the cookie has a name that many sites use, and the app can give another', async () => {
      const usual = (await start()).browser()
      const response = await usual.get('/login')
      expect(usual.lines[0]?.split('=')[0]).to.equal('__Host-sid')
      // The id is random: it may hold any short word.
      const headers = JSON.stringify([...response.headers]).replace(/__Host-sid=[\w-]{43};/, '')
      expect(headers).to.contain('httponly')
      expect(headers).not.to.match(/koa|session-model|typeorm|sequelize|__Host-sid/i)
      const other = (await start({}, { key: 'id' })).browser()
      await other.json('/login')
      expect(other.lines[0]).to.match(/^__Host-id=/)
    })
  })
})
