import { SessionModel } from 'koa-session-model'
import type { SessionEntityClass } from 'koa-session-model/typeorm'
import { Column } from 'typeorm'

/** One row for each session. */
@SessionModel({ tableName: 'web_sessions' })
export class WebSession {
  @Column({ type: 'integer', nullable: true })
  userId!: number | null
}

/** The model once it is registered. */
export type Sessions = SessionEntityClass<typeof WebSession>
