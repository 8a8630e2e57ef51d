import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect } from 'chai'
import fc from 'fast-check'
import Koa from 'koa'
import { cookieIn } from '../../../src/core/manager/cookie-header.js'
import { runs } from '../support/runs.js'

const text = fc.constantFrom('sid', 'sid', '=', '=', ';', '; ', ' ', '\t', '"', 'x', '%20', '__Host-', ',', '\0', '\n')
const piece = fc.oneof({ weight: 8, arbitrary: text }, { weight: 1, arbitrary: fc.string({ maxLength: 5 }) })
const header = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''))
const name = fc.constantFrom('sid', '__Host-sid', 's', 'a.b')

const app = new Koa({ keys: ['a key'] })

/** What Koa reads in the header, which Node gives it without blanks around it. */
function koaReads(cookie: string, name: string): string | undefined {
  const request = new IncomingMessage(new Socket())
  request.headers = { cookie: cookie.replace(/^[ \t]+|[ \t]+$/g, '') }
  return app.createContext(request, new ServerResponse(request)).cookies.get(name, { signed: false })
}

describe('a cookie in any header', () => {
  it('is the one that Koa finds', () => {
    const property = fc.property(header, name, (header, name) => {
      expect(cookieIn(header, name)).to.equal(koaReads(header, name))
    })
    fc.assert(property, runs(5000))
  })

  it('is found in several headers as in one', () => {
    const property = fc.property(fc.array(header, { maxLength: 3 }), name, (headers, name) => {
      expect(cookieIn(headers, name)).to.equal(cookieIn(headers.join('; '), name))
    })
    fc.assert(property, runs(1000))
  })

  it('is not there without a header', () => {
    for (const none of [undefined, '', []]) expect(cookieIn(none, 'sid')).to.equal(undefined)
  })
})
