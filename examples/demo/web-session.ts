import { SessionModel } from 'koa-session-model'
import type { SessionEntityClass } from 'koa-session-model/typeorm'
import { Column, Index } from 'typeorm'

/** One row for each session. Its columns are properties of `ctx.session`. */
@SessionModel({ tableName: 'web_sessions' })
export class WebSession {
  @Index()
  @Column({ type: 'varchar', length: 100, nullable: true })
  userName!: string | null

  @Column({ type: 'varchar', length: 255, nullable: true })
  userAgent!: string | null
}

/** The model once it is registered. */
export type Sessions = SessionEntityClass<typeof WebSession>

/** The other properties of `ctx.session`. They are stored together, in the column `data`. */
export interface SessionContent {
  views: number
  cart: string[]
}
