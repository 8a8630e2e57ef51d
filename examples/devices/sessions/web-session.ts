import { SessionModel } from 'koa-session-model'
import type { SessionEntityClass } from 'koa-session-model/typeorm'
import { Column, Index } from 'typeorm'

/** One row for each session. Its columns are properties of `ctx.session`. */
@SessionModel({ tableName: 'device_sessions', columns: { lastSeenAt: true } })
export class WebSession {
  @Index()
  @Column({ type: 'integer', nullable: true })
  accountId!: number | null

  @Column({ type: 'varchar', length: 100, nullable: true })
  browser!: string | null

  @Column({ type: 'varchar', length: 100, nullable: true })
  system!: string | null
}

/** The model once it is registered. */
export type Sessions = SessionEntityClass<typeof WebSession>

/** The other properties of `ctx.session`. They are stored together, in the column `data`. */
export interface SessionContent {
  /** The things in the cart, with their numbers. */
  cart: Record<string, number>
  /** A text that the next page shows once. */
  notice: string
}
