import { expect } from 'chai'
import Koa from 'koa'
import { MemorySessionBackend, SessionManager, SessionModel, type SessionOptions, session } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Sequelize } from 'sequelize-typescript'
import { DataSource } from 'typeorm'
import { expectError } from '../support/errors.js'

const backend = new MemorySessionBackend()
const newDataSource = () => new DataSource({ type: 'better-sqlite3', database: ':memory:' })

@SessionModel()
class Registered {}
@SessionModel()
class Unregistered {}
class Undecorated {}

const Sessions = registerSessionModel(newDataSource(), Registered)
const manager = new SessionManager({ backend, cleanup: false })
const app = new Koa()

/** What is passed instead of options, and what the message says to write. */
const instead: readonly (readonly [name: string, value: unknown, session: string, manager?: string])[] = [
  ['a registered class', Sessions, '({ model: Registered })'],
  ['a class that is not registered', Unregistered, '({ model: registerSessionModel(registry, Unregistered) })'],
  ['a class that is no model', Undecorated, '({ model: registerSessionModel(registry, Undecorated) })'],
  ['a class without a name', class {}, '({ model: registerSessionModel(registry, WebSession) })'],
  ['a DataSource', newDataSource(), '({ model: registerSessionModel(dataSource, WebSession) })'],
  [
    'a Sequelize',
    new Sequelize({ dialect: 'sqlite', logging: false }),
    '({ model: registerSessionModel(sequelize, WebSession) })',
  ],
  ['nothing', undefined, '({ model: Sessions })'],
  ['null', null, '({ model: Sessions })'],
  ['an app, as koa-session takes it', app, 'app.use(session({ model: Sessions }))'],
  ['a backend', backend, '({ backend })'],
  ['a promise', Promise.resolve({ backend }), '(await options)'],
  ['text', 'sid', '({ model: Sessions })'],
  ['a list', [Sessions], '({ model: Sessions })'],
  ['a function', () => backend, '({ model: Sessions })'],
  ['an instance of the model', new Sessions(), '({ model: Sessions })'],
]

describe('what is no options', () => {
  for (const [name, value, write] of instead) {
    it(`is refused with what to write: ${name}`, async () => {
      const call = (text: string) => (write.startsWith('(') ? text + write : write)
      const bySession = await expectError('OPTION_INVALID', () => session(value as SessionOptions))
      expect(bySession.message).to.contain(`Write ${call('session')}`)
      const byManager = await expectError('OPTION_INVALID', () => new SessionManager(value as SessionOptions))
      expect(byManager.message).to.contain(`Write ${call('new SessionManager')}`)
    })
  }

  it('is refused where a manager is given to a manager', async () => {
    const error = await expectError('OPTION_INVALID', () => new SessionManager(manager as never))
    expect(error.message).to.contain('Write session(manager)')
    expect(session(manager)).to.be.a('function')
  })

  it('is refused where a manager comes from another copy of this package', async () => {
    const { fromRequest, revoke, deleteExpired } = manager
    const error = await expectError('OPTION_INVALID', () => session({ fromRequest, revoke, deleteExpired } as never))
    expect(error.message).to.contain('comes from another copy')
  })

  it('is refused where an app follows, as koa-session takes it', async () => {
    const takesTwo = session as unknown as (options: unknown, app: unknown) => unknown
    const error = await expectError('OPTION_INVALID', () => takesTwo({ backend }, app))
    expect(error.message).to.contain('Write app.use(session({ model: Sessions }))')
    expect([{ backend, cleanup: false } as const].map(session as never)).to.have.length(1)
  })

  it('is refused by the first request where session itself was given to the app', async () => {
    const context = app.createContext({ headers: {}, socket: {} } as never, {} as never)
    const error = await expectError('OPTION_INVALID', () => session(context as never))
    expect(error.message).to.contain('Write app.use(session({ model: Sessions })) instead of app.use(session)')
  })

  it('may be an instance of a class of yours', () => {
    class Configuration {
      readonly backend = backend
      readonly cleanup = false
    }
    expect(new SessionManager(new Configuration()).options.key).to.equal('sid')
  })
})

describe('an option that says where sessions are kept', () => {
  const cases: readonly (readonly [name: string, options: object, code: string, message: string])[] = [
    ['both', { model: Sessions, backend }, 'OPTION_INVALID', 'The options model and backend are both given'],
    [
      'neither',
      { key: 'sid' },
      'OPTION_INVALID',
      'The option model is missing. Give the model that registerSessionModel',
    ],
    ['undefined', { model: undefined }, 'OPTION_INVALID', 'import each other in a circle'],
    ['null', { model: null }, 'OPTION_INVALID', 'The option model is null'],
    ['a class', { model: Unregistered }, 'MODEL_NOT_REGISTERED', 'the class Unregistered, which is not a registered'],
    ['a data source', { model: newDataSource() }, 'MODEL_NOT_REGISTERED', 'a DataSource of TypeORM, and no model'],
    ['an instance', { model: new Sessions() }, 'MODEL_NOT_REGISTERED', 'Give the class itself, and no instance'],
    ['a promise', { model: Promise.resolve(Sessions) }, 'MODEL_NOT_REGISTERED', 'a promise. Await it'],
    ['text', { model: 'WebSession' }, 'MODEL_NOT_REGISTERED', 'a string, which is not'],
    ['a model as the backend', { backend: Sessions }, 'OPTION_INVALID', 'Give it as the option model'],
    [
      'a class as the backend',
      { backend: Undecorated },
      'OPTION_INVALID',
      'the class Undecorated. Give a SessionBackend',
    ],
  ]
  for (const [name, options, code, message] of cases) {
    it(`is told what is wrong with it: ${name}`, async () => {
      const error = await expectError(code as never, () => session(options as SessionOptions))
      expect(error.message).to.contain(message)
    })
  }
})

describe('an option of another package', () => {
  /** By option, what the message says to write. */
  const written: Readonly<Record<string, string>> = {
    secure: 'cookie: { secure: … }',
    httpOnly: 'cookie: { httpOnly: … }',
    sameSite: 'cookie: { sameSite: … }',
    domain: 'cookie: { domain: … }',
    path: 'cookie: { path: … }',
    partitioned: 'cookie: { partitioned: … }',
    priority: 'cookie: { priority: … }',
    maxage: 'maxAge',
    store: 'model',
    ContextStore: 'model',
    signed: 'no signature',
    overwrite: 'Leave it out',
    renew: 'Leave it out',
    autoCommit: 'await ctx.session.save()',
    externalKey: 'manager.create()',
    encode: 'serializer: { serialize, deserialize }',
    decode: 'serializer: { serialize, deserialize }',
    genid: 'idBytes',
    prefix: 'cookie: { prefix:',
    valid: 'ctx.session = null',
    beforeSave: 'await next()',
    name: 'key:',
    secret: 'encryptionKeys',
    keys: 'encryptionKeys',
    resave: 'Leave it out',
    saveUninitialized: 'Leave it out',
    ttl: "'86400s'",
    expiration: 'maxAge',
    checkExpirationInterval: 'cleanup: { interval:',
    cleanupLimit: 'cleanup: { batch:',
    limitSubquery: 'Leave it out',
    tableName: '@SessionModel({ tableName:',
    repository: 'registerSessionModel',
    db: 'registerSessionModel',
    onError: "manager.on('error'",
    samesite: 'cookie: { sameSite: … }',
    httponly: 'cookie: { httpOnly: … }',
  }
  for (const [name, write] of Object.entries(written)) {
    it(`is told what to write here: ${name}`, async () => {
      const error = await expectError('OPTION_UNKNOWN', () => session({ backend, [name]: true } as never))
      expect(error.message).to.contain(`no option '${name}'. `).and.to.contain(write)
    })
  }

  const ofCookie = { maxAge: "maxAge: '14d'", name: "key: 'sid'", signed: 'no signature', samesite: 'sameSite' }
  for (const [name, write] of Object.entries(ofCookie)) {
    it(`is told what to write here: cookie.${name}`, async () => {
      const error = await expectError('OPTION_UNKNOWN', () => session({ backend, cookie: { [name]: 1 } } as never))
      expect(error.message).to.contain(`cookie has no option '${name}'. `).and.to.contain(write)
    })
  }

  it('is told beside all others', async () => {
    const options = { backend, secure: true, maxage: 1000, unheard: 1 }
    const { message } = await expectError('OPTION_UNKNOWN', () => session(options as never))
    expect(message).to.contain("no options 'secure', 'maxage', 'unheard'.")
    expect(message).to.contain("For 'secure': Write cookie: { secure: … }. For 'maxage': Write maxAge")
  })

  it("is told for maxAge: 'session'", async () => {
    const { message } = await expectError('OPTION_INVALID', () => session({ backend, maxAge: 'session' }))
    expect(message).to.contain('cookie: { persistent: false }')
  })
})
