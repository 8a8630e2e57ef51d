import { expect } from 'chai'
import { everyDatabase, onEach } from './support/site.js'

describe('Flooding: requests without a session cost next to nothing', () => {
  onEach(everyDatabase, (start) => {
    it('an unknown id costs two reads by the key, no row and no cookie', async () => {
      const { browser, opened, takeStatements } = await start()
      const visitor = browser()
      visitor.id = 'A'.repeat(43)
      for (let n = 0; n < 3; n++) {
        await visitor.json('/me')
        expect(visitor.lines).to.deep.equal([])
        const statements = takeStatements()
        // On PostgreSQL each read that has found nothing is repeated, so that no standby has answered.
        const repeated = statements.some((statement) => statement.includes('txid_current'))
        expect(statements).to.have.length(repeated ? 4 : 2)
        for (const statement of statements) expect(statement).to.match(/SELECT .* WHERE \S*id\S* (IN \(|=)/i)
      }
      expect(await opened.dump()).to.deep.equal([])
    })

    it('without a cookie there is no statement, no row and no cookie', async () => {
      const { browser, opened, takeStatements } = await start()
      const visitor = browser()
      await visitor.json('/me')
      expect(visitor.lines).to.deep.equal([])
      expect(takeStatements()).to.deep.equal([])
      expect(await opened.dump()).to.deep.equal([])
    })
  })
})
