import { inspect } from 'node:util'
import { expect } from 'chai'
import {
  MemorySessionBackend,
  type SessionErrorCode,
  SessionManager,
  type SessionOptions,
  type SessionPolicy,
  session,
} from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { WatchedBackend } from './support/watched-backend.js'

const backend = new MemorySessionBackend()
const withoutCreation = new WatchedBackend(backend, { creationDates: false })
const shortIds = new WatchedBackend(backend, { idLength: 40 })

class Plain {}

/** The option that the error must name, the wrong options, and the code if it is not OPTION_INVALID. */
type Case = readonly [name: string, options: unknown, code?: SessionErrorCode]

const each = (name: string, values: readonly unknown[]): Case[] =>
  values.map((value) => [name, { backend, [name]: value }])
const eachCookie = (name: string, values: readonly unknown[]): Case[] =>
  values.map((value) => [`cookie.${name}`, { backend, cookie: { [name]: value } }])

const durations = [
  0,
  -1,
  0.4,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '14 fortnights',
  '',
  '0s',
  '-1d',
  '101y',
  null,
  true,
]

const cases: readonly Case[] = [
  ...each(
    'maxAge',
    durations.filter((value) => value !== null),
  ),
  ...each('absoluteTimeout', durations),
  ...each('key', ['', 'a b', 'a=b', 'a;b', 'a,b', 'café', 'a\n', 'x'.repeat(256), 5]),
  ...each('property', ['', 5, Symbol('x')]),
  ...each('rolling', ['yes', 1]),
  ...each('touchAfter', [2, -0.1, Number.NaN, '10%']),
  ...each('idBytes', [0, 8, 15, 65, 32.5, Number.NaN, '32']),
  ...each('hashIds', ['no', 0]),
  ...each('serializer', [{}, { serialize: JSON.stringify }, 'json']),
  ...each('merge', ['union', { cart: 'union' }]),
  ...each('now', [5, new Date()]),
  ...each('cleanup', [0, true, 'never']),
  ...eachCookie('sameSite', ['None', 'LAX', true, 'no']),
  ...eachCookie('secure', ['yes', 1]),
  ...eachCookie('httpOnly', ['yes']),
  ...eachCookie('partitioned', [1]),
  ...eachCookie('priority', ['High', 'urgent']),
  ...eachCookie('path', ['', 'app', '/a;b', '/a\n', 5]),
  ...eachCookie('domain', ['', 'https://example.com', 'example.com:80', 'a;b', 'a b', 'exämple.org', 5]),
  ...each('property', ['', 5, '__proto__', 'toString', 'constructor']),
  ...each('now', [() => Number.NaN, () => '5', async () => 5]),
  ...each('serializer', [{ serialize: JSON.stringify, deserialize: async (text: string) => JSON.parse(text) }]),
  ['cookie.partitioned', { backend, cookie: { partitioned: true, secure: false } }],
  ['__Secure-sid', { backend, key: '__Secure-sid', cookie: { secure: false } }],
  ['__Host-sid', { backend, key: '__Host-sid', cookie: { domain: 'example.com' } }],
  ['__Host-sid', { backend, key: '__Host-sid', cookie: { path: '/app' } }],
  ['cleanup.interval', { backend, cleanup: { interval: 0 } }],
  ['cleanup.interval', { backend, cleanup: { interval: '15d' } }],
  ['cleanup.batch', { backend, cleanup: { batch: 0 } }],
  ['cleanup.batch', { backend, cleanup: { batch: 1.5 } }],
  ['maxage', { backend, maxage: '1d' }, 'OPTION_UNKNOWN'],
  ['foo', { backend, cookie: { foo: 1 } }, 'OPTION_UNKNOWN'],
  ['maxAge', { backend, cookie: { maxAge: 1 } }, 'OPTION_UNKNOWN'],
  ['every', { backend, cleanup: { every: '1h' } }, 'OPTION_UNKNOWN'],
  ['model and backend', { backend, model: Plain }],
  ['model', {}],
  ['backend', { backend: {} }],
  ['model', { model: Plain }, 'MODEL_NOT_REGISTERED'],
  ['session()', null],
  ['session()', 'sid'],
  ['absoluteTimeout', { backend: withoutCreation, absoluteTimeout: '1d' }],
  ['cookie.sameSite', { backend, cookie: { sameSite: 'none', secure: false } }],
  ['id column', { backend: shortIds }, 'ID_TOO_LONG'],
]

describe('a wrong option', () => {
  for (const [name, options, code = 'OPTION_INVALID'] of cases) {
    it(`is refused with ${code} that names ${name}: ${describeOptions(options)}`, async () => {
      const error = await expectError(code, () => session(options as SessionOptions))
      expect(error.message).to.contain(name)
      expect(error.message).to.match(/\. [A-Z].*\.$/s)
    })
  }
})

describe('the options', () => {
  it('are completed into a frozen copy', () => {
    const given: SessionOptions = Object.freeze({ backend, cleanup: false })
    const { options } = new SessionManager(given)
    expect(options).to.include({ key: 'sid', property: 'session', maxAge: 1_209_600_000, rolling: true, idBytes: 32 })
    expect(options.cookie).to.deep.equal({
      path: '/',
      secure: 'auto',
      httpOnly: true,
      sameSite: 'lax',
      partitioned: false,
      persistent: true,
      prefix: true,
    })
    for (const part of [options, options.cookie, options.merge]) expect(Object.isFrozen(part)).to.equal(true)
  })

  it('show no key to who logs them, or the manager', () => {
    const auditKey = 'the key of the audit log'
    const manager = new SessionManager({ backend, cleanup: false, auditKey, encryptionKeys: ['ab'.repeat(32)] })
    const { options } = manager
    const shown = [manager, options, { ...options }].flatMap((value) => [
      inspect(value, { depth: 9, maxArrayLength: null }),
      JSON.stringify(value),
    ])
    for (const text of shown) expect(text).not.to.match(/the key of|auditKey|encryptionKeys|171|Uint8Array/)
    expect(inspect(manager, { depth: 9, showHidden: true })).not.to.match(/the key of|171|Uint8Array/)
    expect(options.auditKey).to.equal(auditKey)
    expect(options.encryptionKeys).to.deep.equal([new Uint8Array(32).fill(0xab)])
    expect(() => Object.assign(options, { auditKey: 'another' })).to.throw(TypeError)
  })

  it('take the bounds', () => {
    const bounds: SessionPolicy[] = [
      { maxAge: 1 },
      { maxAge: '100y' },
      { touchAfter: 0 },
      { touchAfter: 1 },
      { idBytes: 16 },
      { idBytes: 64 },
      { key: 'x'.repeat(255) },
      { cookie: { domain: '.example.org', path: '/a b' } },
      { cookie: { sameSite: 'none', secure: true } },
    ]
    for (const options of bounds) new SessionManager({ ...options, backend, cleanup: false })
  })
})

function describeOptions(options: unknown): string {
  const hide = (_: string, value: unknown): unknown => (value instanceof Object && 'find' in value ? '…' : value)
  return (JSON.stringify(options, hide) ?? String(options)).slice(0, 80)
}
