import 'koa-session-model/augment'
import Koa, { type Context } from 'koa'
import { SessionModel, session } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource } from 'typeorm'
import { type Equal, expectType } from '../types/expect.js'

// As an app has it: all in one file, and a model that knows of Koa's context itself.
@SessionModel()
class WebSession {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
  isOf(ctx: Context): boolean {
    return ctx.session.userId === this.userId
  }
}

const dataSource = new DataSource({ type: 'better-sqlite3', database: 'app.db' })
const Sessions = registerSessionModel(dataSource, WebSession)

declare module 'koa-session-model' {
  interface SessionTypes {
    model: typeof Sessions
  }
}

export const app: Koa = new Koa().use(session({ model: Sessions }))
app.use((ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.session.isOf, unknown>>(true)
})
