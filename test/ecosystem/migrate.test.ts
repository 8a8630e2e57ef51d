import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import Koa from 'koa'
import koaSession from 'koa-session'
import { type RegisteredModel, SessionManager, SessionModel, type SessionPolicy, session } from 'koa-session-model'
import { registerSessionModel as registerSequelize } from 'koa-session-model/sequelize'
import { registerSessionModel as registerTypeOrm } from 'koa-session-model/typeorm'
import { afterEach, describe, it } from 'mocha'
import { DataType, Model, Sequelize } from 'sequelize-typescript'
import { Column, DataSource, type DataSourceOptions, DeleteDateColumn, Entity, Index, PrimaryColumn } from 'typeorm'
import { isReachable, servers } from '../support/databases.js'
import { ask, expressApp, listen } from '../support/old-app.js'
import {
  connectPgSimple,
  connectSessionKnex,
  connectSessionSequelize,
  connectTypeorm,
  expressMysqlSession,
  type OldStore,
} from '../support/old-stores.js'

const secret = 'keyboard cat'
const noOwn = { createdAt: false, version: false } as const
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A table of another package: its store, and the model of the table. */
interface Old {
  readonly name: string
  readonly server?: keyof typeof servers
  open(): Promise<{ readonly old: OldStore; readonly model: RegisteredModel; readonly policy?: SessionPolicy }>
}

async function typeorm(options: DataSourceOptions, Class: new () => object): Promise<RegisteredModel> {
  const dataSource = new DataSource(options)
  const model = registerTypeOrm(dataSource, Class)
  await dataSource.initialize()
  closing.push(() => dataSource.destroy())
  return model as RegisteredModel
}

const postgres: DataSourceOptions = { type: 'postgres', ...servers.postgres }
const mariadb: DataSourceOptions = { type: 'mariadb', ...servers.mariadb, charset: 'utf8mb4' }

const all: readonly Old[] = [
  {
    name: 'connect-pg-simple',
    server: 'postgres',
    open: async () => {
      @SessionModel({
        tableName: 'migrate_pg_simple',
        columns: {
          id: { name: 'sid', type: 'varchar' },
          data: { name: 'sess', type: 'json' },
          expires: { name: 'expire', type: 'timestamp' },
          ...noOwn,
        },
      })
      class WebSession {}
      const old = await connectPgSimple('migrate_pg_simple')
      return { old, model: await typeorm(postgres, WebSession) }
    },
  },
  {
    name: 'connect-session-knex',
    server: 'postgres',
    open: async () => {
      @SessionModel({
        tableName: 'migrate_knex',
        columns: {
          id: { name: 'sid', type: 'varchar' },
          data: { name: 'sess', type: 'json' },
          expires: { name: 'expired', type: 'timestamptz' },
          ...noOwn,
        },
      })
      class WebSession {}
      const old = await connectSessionKnex('migrate_knex')
      return { old, model: await typeorm(postgres, WebSession) }
    },
  },
  {
    name: 'express-mysql-session',
    server: 'mariadb',
    open: async () => {
      @SessionModel({
        tableName: 'migrate_express_mysql',
        columns: { id: 'session_id', data: { type: 'mediumtext' }, expires: { unit: 'seconds' }, ...noOwn },
      })
      class WebSession {}
      const old = await expressMysqlSession('migrate_express_mysql')
      return { old, model: await typeorm(mariadb, WebSession) }
    },
  },
  {
    name: 'connect-typeorm',
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'connect-typeorm-'))
      closing.push(() => rm(folder, { recursive: true }))
      const sqlite: DataSourceOptions = { type: 'better-sqlite3', database: join(folder, 'old.db') }
      // The entity of its documentation.
      @Entity({ name: 'session' })
      class OldSession {
        @Index() @Column('bigint') expiredAt = Date.now()
        @PrimaryColumn('varchar', { length: 255 }) id = ''
        @Column('text') json = ''
        @DeleteDateColumn() destroyedAt?: Date
      }
      const theirs = new DataSource({ ...sqlite, entities: [OldSession], synchronize: true })
      await theirs.initialize()
      closing.push(() => theirs.destroy())
      @SessionModel({
        tableName: 'session',
        columns: {
          id: { type: 'varchar', length: 255 },
          data: { name: 'json', type: 'text' },
          expires: { name: 'expiredAt', type: 'bigint' },
          ...noOwn,
        },
      })
      class WebSession {
        @DeleteDateColumn() destroyedAt!: Date | null
      }
      const old = connectTypeorm(theirs.getRepository(OldSession))
      return { old, model: await typeorm(sqlite, WebSession) }
    },
  },
  {
    name: 'connect-session-sequelize',
    open: async () => {
      @SessionModel({
        tableName: 'Sessions',
        columns: { id: { name: 'sid', length: 36 }, expires: { type: DataType.DATE }, version: false },
      })
      class WebSession extends Model {}
      const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
      closing.push(() => sequelize.close())
      const old = await connectSessionSequelize(sequelize, 'Sessions')
      return {
        old,
        model: registerSequelize(sequelize, WebSession) as RegisteredModel,
        policy: { idBytes: 24, hashIds: false },
      }
    },
  },
]

/** An app on this package, on the same table. */
async function koaApp(model: RegisteredModel, policy: SessionPolicy): Promise<string> {
  const manager = new SessionManager({ model, cleanup: false, ...policy })
  closing.push(() => manager.close())
  const app = new Koa().use(session(manager)).use((ctx) => {
    if (ctx.path === '/buy') ctx.session.cart = 1
    ctx.body = `${ctx.session.userId} ${ctx.session.cart}`
  })
  return listen(app.callback())
}

describe('a table of another package', () => {
  for (const { name, server, open } of all) {
    it(`of ${name} is taken over with its users, and can be given back`, async function () {
      if (server && !(await isReachable(server))) this.skip()
      const { old, model, policy } = await open()
      const before = await expressApp(old.store, secret)
      const { cookie } = await ask(`${before}/login`)
      expect(cookie).to.match(/^connect\.sid=s%3A/)
      const adopt = { cookie: 'connect.sid', secret }

      const after = await koaApp(model, { adopt, hashIds: false, ...policy })
      const adopted = await ask(`${after}/buy`, cookie)
      expect(adopted.text).to.equal('7 1')
      expect(adopted.cookie).to.match(/^sid=/)
      expect(await ask(after, `${cookie}; ${adopted.cookie}`)).to.deep.equal({ text: '7 1', cookie: '' })
      expect((await ask(before, cookie)).text, 'the way back').to.equal('7')

      if (policy?.hashIds === false) return
      const hashing = await koaApp(model, { adopt, key: 'hashed' })
      const second = await ask(hashing, cookie)
      expect(second.text).to.equal('7 1')
      expect((await ask(hashing, second.cookie)).text).to.equal('7 1')
      expect((await ask(before, cookie)).text, 'the old id').to.equal('undefined')
    })
  }

  it('of koa-generic-session is taken over with its users', async () => {
    const { sequelize, rows, model } = await genericTable()
    closing.push(() => sequelize.close())
    const generic = createRequire(import.meta.url)('koa-generic-session') as (options: object) => Koa.Middleware
    const store = {
      get: async (id: string) => rows.get(id),
      set: (id: string, data: object, ttl: number) => rows.set(id, data, ttl),
      destroy: (id: string) => rows.remove(id),
    }
    const app = new Koa()
    app.keys = [secret]
    app.use(generic({ store })).use((ctx) => {
      if (ctx.path === '/login') (ctx.session as { userId?: number }).userId = 7
      ctx.body = String((ctx.session as { userId?: number }).userId)
    })
    const before = await listen(app.callback())
    const { cookie } = await ask(`${before}/login`)
    const after = await koaApp(model, {
      adopt: { cookie: 'koa.sid', secret: app.keys as string[], prefix: 'koa:sess:' },
    })
    expect((await ask(after, forged(cookie))).text).to.equal('undefined undefined')
    const adopted = await ask(`${after}/buy`, cookie)
    expect(adopted.text).to.equal('7 1')
    expect((await ask(after, adopted.cookie)).text).to.equal('7 1')
  })
})

/** The cookie with another signature. */
function forged(cookie: string): string {
  return cookie.replace(/\.sig=(.)/, (_, first) => `.sig=${first === '_' ? '-' : '_'}`)
}

describe('the table of an external store of koa-session', () => {
  for (const hashIds of [false, true]) {
    it(`is taken over with its users${hashIds ? '' : ', and can be given back'}`, async () => {
      const { sequelize, rows, model } = await genericTable()
      closing.push(() => sequelize.close())
      const store = {
        get: (id: string) => rows.get(id),
        set: (id: string, data: object, ttl?: number | 'session') => rows.set(id, data, Number(ttl)),
        destroy: (id: string) => rows.remove(id),
      }
      const app = new Koa()
      app.keys = [secret]
      app.use(koaSession({ store } as never, app as never)).use((ctx) => {
        if (ctx.path === '/login') ctx.session.userId = 7
        ctx.body = String(ctx.session.userId)
      })
      const before = await listen(app.callback())
      const { cookie } = await ask(`${before}/login`)
      expect(cookie).to.match(/koa\.sess=.*koa\.sess\.sig=/)
      const after = await koaApp(model, { adopt: { cookie: 'koa.sess', secret }, hashIds })
      expect((await ask(after, forged(cookie))).text).to.equal('undefined undefined')
      const adopted = await ask(`${after}/buy`, cookie)
      expect(adopted.text).to.equal('7 1')
      expect((await ask(after, adopted.cookie)).text).to.equal('7 1')
      expect((await ask(before, cookie)).text).to.equal(hashIds ? 'undefined' : '7')
    })
  }
})

/** A table as users of koa-generic-session and koa-session write it, whose store is their own. */
async function genericTable() {
  @SessionModel({
    tableName: 'old_sessions',
    columns: { expires: { name: 'expires_at', type: DataType.BIGINT }, ...noOwn },
  })
  class WebSession extends Model {}
  const sequelize = new Sequelize({ dialect: 'sqlite', storage: ':memory:', logging: false })
  const model = registerSequelize(sequelize, WebSession)
  await sequelize.query(
    'CREATE TABLE old_sessions (id TEXT PRIMARY KEY, data TEXT NOT NULL, expires_at BIGINT NOT NULL)',
  )
  const rows = {
    get: async (id: string) => {
      const [[row]] = (await sequelize.query('SELECT data FROM old_sessions WHERE id = ?', { replacements: [id] })) as [
        { data: string }[],
        unknown,
      ]
      return row && JSON.parse(row.data)
    },
    set: (id: string, data: object, ttl: number) =>
      sequelize.query('REPLACE INTO old_sessions VALUES (?, ?, ?)', {
        replacements: [id, JSON.stringify(data), Date.now() + ttl],
      }),
    remove: (id: string) => sequelize.query('DELETE FROM old_sessions WHERE id = ?', { replacements: [id] }),
  }
  return { sequelize, rows, model: model as RegisteredModel }
}
