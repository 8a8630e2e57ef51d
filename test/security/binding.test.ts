import { expect } from 'chai'
import { https } from './support/browser.js'
import { bothOrms, type Options, onEach } from './support/site.js'

const bind: Options['bind'] = ({ get }) => get('User-Agent')
const from = (agent: string): Record<string, string> => ({ ...https, 'User-Agent': agent })

describe('Binding: a session can be bound to where it began', () => {
  onEach(bothOrms, (start) => {
    it('a session that comes from elsewhere is refused and reported, and goes on where it began', async () => {
      const { browser, manager } = await start({}, { bind })
      const reasons: string[] = []
      manager.on('rejected', ({ reason }) => reasons.push(reason))
      const visitor = browser()
      await visitor.json('/login', from('Firefox'))
      const thief = visitor.copy()
      expect(await thief.json('/me', from('curl'))).to.include({ userId: null, isNew: true })
      expect(reasons).to.deep.equal(['binding'])
      await thief.json('/logout', from('curl'))
      expect(await visitor.json('/me', from('Firefox'))).to.include({ userId: 1 })
    })

    it('the database does not say in plain text where a session began', async () => {
      const { browser, opened } = await start({}, { bind })
      await browser().json('/login', from('Firefox'))
      expect(JSON.stringify(await opened.dump())).not.to.contain('Firefox')
    })
  })
})
