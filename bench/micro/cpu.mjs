import Koa from 'koa'
import { createId, hashId, isWellFormedId } from '../../dist/src/core/codec/id.js'
import { deserialize, jsonSerializer, serialize } from '../../dist/src/core/codec/serializer.js'
import { resolveOptions } from '../../dist/src/core/options/resolve-options.js'
import { MemorySessionBackend } from '../../dist/src/index.js'
import { ResponseCookie, SessionCookie } from '../../dist/src/koa/cookie.js'
import { sampleSession } from '../servers/app.mjs'
import { timeEachSync } from './timing.mjs'

/** The pure work of a request, in microseconds. */
export default function cpu({ rounds, milliseconds }) {
  return timeEachSync(functions(), { rounds, milliseconds: milliseconds / 10 })
}

function functions() {
  const id = createId(32)
  const data = sampleSession()
  const text = JSON.stringify(data)
  const cookie = new SessionCookie(resolveOptions({ backend: new MemorySessionBackend(), cleanup: false }))
  return {
    'make an id': () => createId(32),
    'check an id': () => isWellFormedId(id),
    'hash an id': () => hashId(id),
    'make a context of Koa (nothing of ours)': () => makeContext(id),
    'the same, and read the cookie': () => cookie.read(makeContext(id)),
    'the same, and set a cookie': () => new ResponseCookie(cookie, makeContext(id)).set(id, 1000),
    'parse 500 bytes': () => deserialize(jsonSerializer, text),
    'JSON.parse': () => JSON.parse(text),
    'serialize 500 bytes': () => serialize(jsonSerializer, data),
    'JSON.stringify': () => JSON.stringify(data),
  }
}

const app = new Koa()

/** A context as Koa makes it, of a request with a cookie. */
function makeContext(id) {
  const headers = { host: 'bench', cookie: `theme=dark; sid=${id}; lang=en` }
  const response = { headers: {}, getHeader: () => undefined, setHeader: () => {}, removeHeader: () => {} }
  return app.createContext({ method: 'GET', url: '/read', headers, socket: {} }, response)
}
