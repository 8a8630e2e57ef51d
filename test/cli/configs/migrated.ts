import { type RegisteredModel, SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { Column, DataSource, Index } from 'typeorm'
import { typeormDatabases } from '../../support/typeorm-rows.js'

/** A project with migrations, at one step of its life. */
export interface Migrated {
  /** The name of the database. */
  readonly database: string
  readonly file: string
  readonly table: string
  /** The folder of its migrations. */
  readonly migrations: string
  /** Whether the model has its second column already. */
  readonly hasLabel: boolean
}

/** The data source of the project, and its session model. */
export function migrated({ database, file, table, migrations, hasLabel }: Migrated): {
  dataSource: DataSource
  Sessions: RegisteredModel
} {
  @SessionModel({ tableName: table })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  if (hasLabel) {
    Column({ type: 'varchar', length: 200, nullable: true })(WebSession.prototype, 'label')
    Index()(WebSession.prototype, 'label')
  }
  const found = typeormDatabases.find(({ name }) => name === database)
  const dataSource = new DataSource({
    ...(found ?? typeormDatabases[0]).connection({ table, file }),
    migrations: [`${migrations}/*.js`],
    migrationsTableName: `${table}_history`,
  })
  return { dataSource, Sessions: registerSessionModel(dataSource, WebSession) }
}
