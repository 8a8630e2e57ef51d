import { expect } from 'chai'
import Koa from 'koa'
import koaPassport from 'koa-passport'
import { MemorySessionBackend, SessionManager, session } from 'koa-session-model'
import { Strategy } from 'passport-local'
import { Client } from '../koa/support/client.js'
import { serve } from '../koa/support/serve.js'
import { WatchedBackend } from '../koa/support/watched-backend.js'
import { type Columns, type Place, places } from './support/places.js'

interface User {
  id: number
  name: string
}

const users: readonly User[] = [
  { id: 0, name: 'ada' },
  { id: 7, name: 'bob' },
]

function passportOf() {
  const passport = new koaPassport.KoaPassport()
  passport.use(
    new Strategy((name, password, done) => {
      done(null, password === 'secret' && users.find((user) => user.name === name))
    }),
  )
  passport.serializeUser((user, done) => done(null, (user as User).id))
  passport.deserializeUser((id, done) => done(null, users.find((user) => user.id === id) ?? false))
  return passport
}

async function start(place: Awaited<ReturnType<Place['open']>>['place']) {
  const manager = new SessionManager<Columns>({ ...place, cleanup: false })
  const passport = passportOf()
  const authenticate = passport.authenticate('local')
  const redirect = passport.authenticate('local', { successRedirect: '/in', failureRedirect: '/out' })
  const app = new Koa()
  app.silent = true
  app.use(session(manager)).use(passport.initialize()).use(passport.session())
  app.use(async (ctx, next) => {
    if (ctx.path === '/authenticate') await authenticate(ctx, next)
    else if (ctx.path === '/authenticate-or-redirect') await redirect(ctx, next)
    else await next()
  })
  app.use(async (ctx) => {
    const { session } = ctx
    if (ctx.path === '/cart') session.cart = ['book']
    if (ctx.path === '/authenticate') session.userId = (ctx.state.user as User).id
    if (ctx.path === '/login') await ctx.login(users[1])
    if (ctx.path === '/login-keeping') await ctx.login(users[1], { keepSessionInfo: true })
    if (ctx.path === '/logout') await ctx.logout()
    const { user } = ctx.state as { user?: User }
    ctx.body = { isIn: ctx.isAuthenticated(), name: user?.name ?? null, cart: session.cart ?? null }
  })
  const url = await serve(app)
  return { manager, visitor: new Client(url, 'sid'), stranger: new Client(url, 'sid') }
}

const ada = '?username=ada&password=secret'
const nobody = { isIn: false, name: null }

for (const { name, open } of places) {
  describe(`koa-passport on ${name}`, () => {
    let close: () => Promise<void>
    let site: Awaited<ReturnType<typeof start>>

    beforeEach(async () => {
      const opened = await open('ecosystem_passport')
      close = opened.close
      site = await start(opened.place)
    })
    afterEach(() => {
      site.manager.close()
      return close()
    })

    it('logs in, also somebody whose id is 0, and remembers', async () => {
      const { visitor, stranger, manager } = site
      expect(await visitor.json('/')).to.include(nobody)
      expect(await visitor.json(`/authenticate${ada}`)).to.include({ isIn: true, name: 'ada' })
      expect(await visitor.json('/')).to.include({ isIn: true, name: 'ada' })
      expect(await stranger.json('/')).to.include(nobody)
      expect(await manager.list({ userId: 0 })).to.have.length(1)
    })

    it('gives the session a new id at login, and keeps what is in it', async () => {
      for (const path of [`/authenticate${ada}`, '/login', '/login-keeping', `/authenticate-or-redirect${ada}`]) {
        const visitor = site.visitor.copy()
        visitor.cookie = undefined
        await visitor.json('/cart')
        const attacker = visitor.copy()
        expect(await visitor.status(path), path).to.be.oneOf([200, 302])
        expect(visitor.id).not.to.equal(attacker.id)
        expect(await visitor.json('/'), path).to.deep.include({ isIn: true, cart: ['book'] })
        expect(await attacker.json('/'), path).to.include(nobody)
      }
      expect(await site.manager.list({ label: null })).to.have.length(4)
    })

    it('lets nobody in with a wrong password', async () => {
      const { visitor } = site
      await visitor.json('/cart')
      const { id } = visitor
      expect(await visitor.status('/authenticate?username=ada&password=wrong')).to.equal(401)
      const answer = await visitor.request('/authenticate-or-redirect?username=ada&password=wrong')
      expect(answer.headers.get('location')).to.equal('/out')
      expect(visitor.id).to.equal(id)
      expect(await visitor.json('/')).to.include(nobody)
    })

    it('logs out, for the old id too, and keeps the rest', async () => {
      const { visitor } = site
      await visitor.json('/cart')
      await visitor.json('/login')
      const old = visitor.copy()
      expect(await visitor.json('/logout')).to.include(nobody)
      expect(visitor.id).not.to.equal(old.id)
      expect(await old.json('/')).to.include(nobody)
      expect(await visitor.json('/')).to.deep.equal({ ...nobody, cart: ['book'] })
    })

    it('changes the user, and the id with it', async () => {
      const { visitor } = site
      await visitor.json('/login')
      const old = visitor.copy()
      expect(await visitor.json(`/authenticate${ada}`)).to.include({ name: 'ada' })
      expect(visitor.id).not.to.equal(old.id)
      expect(await visitor.json('/')).to.include({ name: 'ada' })
    })
  })
}

describe('koa-passport without a database', () => {
  it('lets nobody in: the failure reaches its callback', async () => {
    const backend = new WatchedBackend<Columns>(new MemorySessionBackend({ userId: null, label: null }))
    const { visitor } = await start({ backend })
    await visitor.json('/cart')
    const { id } = visitor
    backend.before = (call) => {
      if (call === 'update') throw new Error('no connection')
    }
    expect(await visitor.status('/login')).to.equal(503)
    backend.before = () => {}
    expect(visitor.id).to.equal(id)
    expect(await visitor.json('/')).to.deep.equal({ ...nobody, cart: ['book'] })
  })
})
