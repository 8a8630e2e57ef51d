import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm'
import { typeormDatabases } from '../../../support/typeorm-rows.js'

@Entity('typeorm_cli')
@SessionModel({ columns: { id: 'session_id' } })
class WebSession {
  @PrimaryGeneratedColumn({ name: 'id' }) key!: number
  @Column({ type: 'integer', nullable: true }) userId!: number | null
}

/** The data source of a project with migrations, as TypeORM's command line loads it. */
export const dataSource = new DataSource({
  ...typeormDatabases[0].connection({ table: '', file: process.env.TEST_CLI_DATABASE ?? ':memory:' }),
  migrations: [`${process.env.TEST_CLI_MIGRATIONS}/*.js`],
})

registerSessionModel(dataSource, WebSession)
