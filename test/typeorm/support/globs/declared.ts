import { SessionModel } from 'koa-session-model'
import { Column, Entity } from 'typeorm'

/** An entity that a test registers itself, in the file that a glob of `entities` loads. */
@Entity('typeorm_globbed')
@SessionModel()
export class GlobbedSession {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}
