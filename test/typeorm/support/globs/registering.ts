import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm'
import { loading } from './loading.js'

@Entity()
export class GlobbedUser {
  @PrimaryColumn({ type: 'integer' }) id!: number
}

@SessionModel({ tableName: 'typeorm_registering' })
export class RegisteringSession {
  @Column({ type: 'integer', nullable: true }) userId!: number | null
  @ManyToOne(() => GlobbedUser) @JoinColumn({ name: 'userId' }) user!: GlobbedUser | null
}

export const Sessions = registerSessionModel(loading, RegisteringSession)
