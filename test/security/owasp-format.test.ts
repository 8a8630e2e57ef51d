import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { https } from './support/browser.js'
import { bothOrms, onEach } from './support/site.js'

const valid = 'A'.repeat(43)

const malformed: readonly string[] = [
  '',
  'A'.repeat(21),
  'A'.repeat(87),
  'A'.repeat(12_000),
  `${valid}=`,
  `${valid.slice(1)}.`,
  `${valid.slice(1)}+`,
  `${valid.slice(1)}/`,
  `${valid.slice(1)}~`,
  `~${valid}`,
  `%41${valid.slice(1)}`,
  `""${valid}""`,
  `${valid.slice(20)},${valid.slice(20)}`,
  `${valid.slice(20)} ${valid.slice(20)}`,
  `${valid.slice(1)}é`,
  "' OR '1'='1' -- AAAAAAAAAAAAAAAAAA",
  '{"$ne":null}AAAAAAAAAAAAAAAAAAAAAA',
  '[object Object]AAAAAAAAAA',
  '__proto__',
  'undefined',
]

/** The answer to a request whose header is sent as these bytes. */
async function answerTo(url: string, cookie: Buffer): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const head = 'GET /me HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-Proto: https\r\nCookie: '
  socket.write(Buffer.concat([Buffer.from(head), cookie, Buffer.from('\r\n\r\n')]))
  return text(socket)
}

describe('OWASP: the format of an id is checked before the database is asked', () => {
  onEach(bothOrms, (start) => {
    it('a malformed id costs no statement, sets no cookie, and is no error', async () => {
      const { browser, takeStatements, errors } = await start()
      for (const value of malformed) {
        const visitor = browser()
        const cookie = `__Host-sid=${value}`
        expect(await visitor.json('/me', { ...https, cookie }), value).to.include({ userId: null, isNew: true })
        expect(visitor.lines, value).to.deep.equal([])
        expect(takeStatements(), value).to.deep.equal([])
      }
      expect(errors).to.deep.equal([])
    })

    it('bytes that are no text cost no statement, and are no error of the server', async () => {
      const { url, takeStatements, errors } = await start()
      for (const bytes of ['80', 'fffe', 'c0af', 'e2808b', '09']) {
        const cookie = Buffer.concat([Buffer.from('__Host-sid='), Buffer.from(bytes, 'hex'), Buffer.from(valid)])
        expect(await answerTo(url, cookie), bytes).to.match(/^HTTP\/1\.1 (200|400) /)
        expect(takeStatements(), bytes).to.deep.equal([])
      }
      expect(await answerTo(url, Buffer.from('__Host-sid=\0'))).to.match(/^HTTP\/1\.1 400 /)
      expect(errors).to.deep.equal([])
    })

    it('of several cookies of one name the first one counts, and only that is looked up', async () => {
      const { browser, takeStatements } = await start()
      const visitor = browser()
      await visitor.json('/login')
      takeStatements()
      const pair = (id: string): string => `__Host-sid=${id}`
      const first = await visitor.json('/me', { ...https, Cookie: `${pair(visitor.id)}; ${pair(valid)}` })
      expect(first).to.include({ userId: 1 })
      expect(takeStatements()).to.have.length(1)
      const second = await visitor.json('/me', { ...https, Cookie: `${pair(valid)}; ${pair(visitor.id)}` })
      expect(second).to.include({ userId: null })
      // It is unknown, so that its trace is looked for too.
      expect(takeStatements()).to.have.length(2)
    })

    it('a quoted id is the id, and no other cookie of the request disturbs', async () => {
      const { browser } = await start()
      const visitor = browser()
      await visitor.json('/login')
      const Cookie = `a; =b; %E0%A4%A; __proto__=1; ; x="; __Host-sid="${visitor.id}"; c=d=e`
      expect(await visitor.json('/me', { ...https, Cookie })).to.include({ userId: 1 })
    })
  })
})
