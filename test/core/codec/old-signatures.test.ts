import { createRequire } from 'node:module'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { expressId, koaId } from '../../../src/core/codec/old-signatures.js'

const require = createRequire(import.meta.url)
const Keygrip = require('keygrip') as new (keys: readonly string[]) => { sign(text: string): string }
// The package that express-session signs with.
const { sign } = createRequire(require.resolve('express-session'))('cookie-signature') as {
  sign(value: string, secret: string): string
}

describe('signatures of other packages', () => {
  const secrets = ['new', 'old']

  it('of express-session are told from others', () => {
    for (const id of ['abc', 'a.b', 'x'.repeat(32)]) {
      const cookie = encodeURIComponent(`s:${sign(id, 'old')}`)
      expect(expressId(cookie, secrets)).to.equal(id)
      expect(expressId(decodeURIComponent(cookie), secrets)).to.equal(id)
      expect(expressId(cookie, ['other'])).to.equal(undefined)
      expect(expressId(cookie.slice(0, -1), secrets)).to.equal(undefined)
      expect(expressId(encodeURIComponent(`s:${sign(id, 'old')}=`), secrets)).to.equal(undefined)
      expect(expressId(encodeURIComponent(`s:x${sign(id, 'old')}`), secrets)).to.equal(undefined)
    }
    for (const value of ['', 's:', 's:.', 's:abc', 'abc', '%', '%E0%A4%A', 's%3Aabc.', 'j:{}'])
      expect(expressId(value, secrets)).to.equal(undefined)
  })

  it('of Koa are told from others', () => {
    const signature = new Keygrip(['old']).sign('koa.sess=abc-1')
    expect(koaId('koa.sess', 'abc-1', signature, secrets)).to.equal('abc-1')
    expect(koaId('koa.sess', 'abc-1', undefined, secrets)).to.equal(undefined)
    expect(koaId('koa.sess', 'abc-1', '', secrets)).to.equal(undefined)
    expect(koaId('koa.sess', 'abc-2', signature, secrets)).to.equal(undefined)
    expect(koaId('koa.sid', 'abc-1', signature, secrets)).to.equal(undefined)
    expect(koaId('koa.sess', 'abc-1', signature, ['other'])).to.equal(undefined)
  })
})
