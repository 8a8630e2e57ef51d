import 'reflect-metadata'
import Koa from 'koa'
import { SessionError, SessionManager, SessionModel, session } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource } from 'typeorm'

@SessionModel({ tableName: 'web_sessions' })
class WebSession {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}

export async function logIn(): Promise<string> {
  const dataSource = new DataSource({ type: 'better-sqlite3', database: ':memory:', synchronize: true })
  const Sessions = registerSessionModel(dataSource, WebSession)
  await dataSource.initialize()
  const manager = new SessionManager({ model: Sessions })
  const app = new Koa().use(session(manager)).use(async (ctx) => {
    if (ctx.path === '/login') {
      await ctx.session.regenerate()
      ctx.session.userId = 42
      ctx.session.cart = ['apple']
    }
    ctx.body = { userId: ctx.session.userId, cart: ctx.session.cart }
  })
  const server = app.listen(0, '127.0.0.1')
  await new Promise<void>((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const login = await fetch(`http://127.0.0.1:${port}/login`)
  const cookie = String(login.headers.get('set-cookie')).split(';')[0] ?? ''
  const answer = await (await fetch(`http://127.0.0.1:${port}/`, { headers: { cookie } })).text()
  server.closeAllConnections()
  server.close()

  const row = await dataSource.getRepository(Sessions).findOneByOrFail({ userId: 42 })
  if (row.expired) throw new Error('The session has expired at once.')
  const error: unknown = await manager.get('').catch((reason: unknown) => reason)
  if (!(error instanceof SessionError) || error.code !== 'ID_INVALID') throw new Error(`Not our error: ${error}`)
  manager.close()
  await dataSource.destroy()
  return answer
}
